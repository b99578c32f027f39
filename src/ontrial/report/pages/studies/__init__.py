"""What pages say of further measurements: other studies, replications, robustness, speed."""
