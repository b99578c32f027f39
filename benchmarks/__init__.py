"""This engine beside scikit-learn, PyTorch and JAX on the same work: `python -m benchmarks --help`."""
