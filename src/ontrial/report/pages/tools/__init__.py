"""Tools that readers try out on a page: explorer, playground, trial, guesses."""
