"""Files are brought in, in batches that are each written whole with the place that they lead to.

``runs`` starts, pauses and ends a run, ``work`` carries it on, the other modules write what a batch holds.
"""
