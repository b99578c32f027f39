"""Pages on the claims of the docket: verdicts, evidence."""
