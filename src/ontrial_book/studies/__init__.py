"""Pages on measurements of ourselves: robustness, agreement of laboratories, speed."""
