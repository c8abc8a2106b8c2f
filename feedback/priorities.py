"""How soon a case is worked on: by how bad it is for this customer, and how many it concerns. Pure; no database."""

# Rows: severity low to critical; columns: impact low to critical; each a priority from 1 (low) to 4 (urgent).
MATRIX = (
    (1, 1, 2, 3),
    (2, 2, 3, 3),
    (2, 3, 3, 4),
    (3, 4, 4, 4),
)


def priority(severity: int, impact: int) -> int:
    """The priority of a case with this severity and impact, 1 to 4 each.

    >>> priority(1, 1), priority(3, 2), priority(4, 4)
    (1, 3, 4)
    """
    return MATRIX[severity - 1][impact - 1]
