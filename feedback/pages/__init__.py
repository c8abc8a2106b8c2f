"""Pages of the back office about cases and surveys; one module per noun, found by autodiscovery through this one."""

from feedback.pages import (
    acts,
    answering,
    aside,
    bulk,
    case,
    causes,
    corrective,
    home,
    opening,
    queue,
    redress,
    search,
    steps,
    survey_results,
    surveys,
)

__all__ = [
    "acts",
    "answering",
    "aside",
    "bulk",
    "case",
    "causes",
    "corrective",
    "home",
    "opening",
    "queue",
    "redress",
    "search",
    "steps",
    "survey_results",
    "surveys",
]
