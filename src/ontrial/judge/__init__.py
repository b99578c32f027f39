"""Tables → verdicts: rates by policy, one number a seed, intervals, outcomes. Pure pandas and SciPy."""
