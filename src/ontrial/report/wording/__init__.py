"""Settings, values, numbers and phrases in each language, and the colour, line and marker of each series."""
