"""The answers and the matcher. One question is a small sum: threads that wait for each other would only slow it down."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
