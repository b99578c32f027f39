"""Summaries of results for figures and pages: the findings of a study, the explorer, benchmarks and comparisons."""
