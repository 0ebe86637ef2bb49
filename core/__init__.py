"""The engine of facestudio: the document, the models and the verbs; it knows no Qt."""

import os

# One frame is the unit of parallel work. OpenBLAS reads this when numpy is loaded; its own
# threads wait spinning for small products, which cost a head fit nine times the processor.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
