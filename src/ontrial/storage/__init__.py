"""Files: written whole or not at all, verified when read; the machine that they come from."""
