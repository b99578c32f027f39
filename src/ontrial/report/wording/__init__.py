"""Settings, values and numbers as readers see them."""
