"""Settings, values, numbers and phrases in each language, and the style of each series in figures."""
