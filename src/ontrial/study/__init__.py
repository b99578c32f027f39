"""The configuration of a study: read, checked, and turned into cells and films."""
