"""For classes: an exam, notebooks, and an idea of one's own."""
