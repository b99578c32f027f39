"""Theory on Trial: claims about neural networks, tried on thousands of small NumPy networks."""
