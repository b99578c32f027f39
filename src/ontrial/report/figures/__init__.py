"""Figures, each drawn by one function, and their catalogue."""
