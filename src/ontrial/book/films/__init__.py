"""Films of training."""
