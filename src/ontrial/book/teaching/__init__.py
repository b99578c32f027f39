"""For classes: slides, an exam, notebooks, and an idea of one's own."""
