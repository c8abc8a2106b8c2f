"""Layers of the calendar that apps above fill: what stands on a day besides plans, for those who may see it.

In ``<app>/pages/…``::

    @layer("boards", label=_("Advisory boards"), permission="advisory.view_board")
    def marks(user, first, last):
        return [Mark(day, "Meeting", "What customers need", link), …]
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Mark:
    """One thing on a day: what it is in a word, and which one. It is read only; its page is behind the link."""

    day: dt.date
    kind: str
    words: str
    link: str = ""
    late: bool = False


Marks = Callable[[Any, dt.date, dt.date], list[Mark]]


@dataclass(frozen=True)
class Layer:
    name: str
    label: str | Promise
    permission: str
    marks: Marks


LAYERS: list[Layer] = []


def layer(name: str, *, label: str | Promise, permission: str) -> Callable[[Marks], Marks]:
    """Make a function a layer of the calendar, for those who hold the permission."""

    def register(marks: Marks) -> Marks:
        LAYERS.append(Layer(name, label, permission, marks))
        return marks

    return register


def open_to(user: Any) -> list[Layer]:
    return [each for each in LAYERS if user.has_perm(each.permission)]
