"""Read and check the configuration of a study, and turn it into cells."""
