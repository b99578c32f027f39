"""Pages on further measurements: other studies, replications, robustness, speed."""
