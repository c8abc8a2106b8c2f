"""Earning rules for tests: valid, boring, begun long ago."""

from datetime import datetime
from itertools import count

from loyalty.actions import programmes, rules
from loyalty.models import Rule
from tests.factories.loyalty import on

numbers = count(1)
LONG_AGO = on("2020-01-01")


def said(effect: dict, *when: dict, **more) -> dict:
    return {"effect": effect, "when": list(when), **more}


def multiply(factor: str = "2", *when: dict, **more) -> dict:
    return said({"kind": "multiply", "factor": factor}, *when, **more)


def fixed(points: int = 50, *when: dict, per: str = "order", **more) -> dict:
    return said({"kind": "fixed", "points": points, "per": per}, *when, **more)


def limit(**more) -> dict:
    return said({"kind": "limit"}, **more)


def when(what: str, *values, name: str = "", negated: bool = False) -> dict:
    return {"what": what, "values": list(values), "name": name, "not": negated}


def rule(
    says: dict, *, name: str = "", begins_at: datetime = LONG_AGO, ends_at: datetime | None = None, **more
) -> Rule:
    """A rule that has begun."""
    version = rules.draft(name or f"Rule {next(numbers)}", says, **more)
    rules.begin(version.rule, begins_at=begins_at, ends_at=ends_at, at=LONG_AGO)
    programmes.forget()
    return version.rule
