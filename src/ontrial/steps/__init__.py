"""One module per rule: read files, call the package, write files. Each can be run by hand: `--help` says how."""

import os

# One job, one thread: the workflow runs as many jobs as there are cores. Set before NumPy loads its BLAS; with more
# threads the last bits of a product could depend on the machine.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
