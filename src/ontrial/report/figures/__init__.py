"""Figures, each drawn by one function, and the catalogue that lists them."""
