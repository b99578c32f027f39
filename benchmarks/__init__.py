"""Compare this engine with scikit-learn, PyTorch and JAX on the same work: `python -m benchmarks --help`."""
