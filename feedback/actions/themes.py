"""Grow the trees of themes and root causes by the branches that a file names."""

from collections.abc import Collection
from hashlib import sha256
from typing import TypeVar

from django.db.models import F
from django.utils.text import slugify

from feedback.models import RootCause, Theme

Branch = tuple[str, ...]
Kind = TypeVar("Kind", Theme, RootCause)


def grown(tree: type[Kind], branches: Collection[Branch]) -> dict[Branch, Kind]:
    """The end of each branch: names from the trunk outwards. What is not there yet is added."""
    wanted = {branch[:length] for branch in branches for length in range(1, len(branch) + 1)}
    known: dict[Branch, Kind] = {}
    for branch in sorted(wanted, key=len):
        parent = known.get(branch[:-1])
        row = tree.objects.filter(parent=parent, name=branch[-1]).order_by(F("retired").asc(), "pk").first()
        known[branch] = row or tree.objects.create(parent=parent, name=branch[-1], code=_code(branch))
    return {branch: known[branch] for branch in branches}


def _code(branch: Branch) -> str:
    """Readable where the name is of Latin letters, and always another one for another branch."""
    digest = sha256("\x1f".join(branch).encode()).hexdigest()[:8]
    return "-".join(part for part in (slugify(branch[-1])[:50].strip("-"), digest) if part)
