"""Read files with verification and write them atomically; describe the code and the machine that produced them."""
