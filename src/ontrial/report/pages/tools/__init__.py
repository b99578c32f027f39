"""What readers try out on a page: explorer, playground, trial, films, guesses."""
