"""What pages say of the claims of the docket: verdicts, the evidence on each, slides."""
