"""Figures, one function each, and the catalogue that lists them."""
