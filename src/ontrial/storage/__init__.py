"""Reading and writing files: whole or not at all, verified when read; the code and the machine they come from."""
