"""From the tables of a study to the verdicts on its claims, in pandas and SciPy; no module here opens a file."""
