"""The chapters on the theory: what they show and explain."""
