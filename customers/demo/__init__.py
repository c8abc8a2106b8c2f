"""The believable company: Linnet & Loam, an invented shop for tea and things for the home, and its customers.

Nobody in it exists. ``places``, ``people``, ``goods`` and ``history`` are pure and deterministic: the same seed and
the same day make the same company. ``company`` records it by the product's own actions.
"""
