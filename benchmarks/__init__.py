"""Compare this engine with scikit-learn, PyTorch, JAX and Numba on the same work: `python -m benchmarks --help`."""
