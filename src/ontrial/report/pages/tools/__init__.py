"""Tools that readers try out on a page: explorer, trial, guesses."""
