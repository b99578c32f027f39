"""Summarise results for figures and pages: findings of a study, tables of the explorer, benchmarks, comparisons."""
