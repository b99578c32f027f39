"""The steps, one module per rule of the workflow. `python -m ontrial.steps.NAME --help` explains how to run one."""

import os

# Each job has one thread, because the workflow runs as many jobs as there are cores. With more threads, the last bits
# of a product could depend on the machine. The variables must be set before NumPy loads its BLAS library.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
