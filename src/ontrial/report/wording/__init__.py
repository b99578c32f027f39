"""How settings, values, numbers and texts read in each language, and how each thing looks."""
