"""From the tables of a study to the verdicts on its claims, with pandas and SciPy. No module here opens a file."""
