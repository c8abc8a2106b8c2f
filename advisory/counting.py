"""What a ballot came to, ready to be kept and shown. Pure; the arithmetic is in ``tallies``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from advisory import tallies

YES, NO, ABSTAIN = "yes", "no", "abstain"
BASES = {"YN": "yes_no", "YNA": "yes_no_abstain", "present": "present", "entitled": "entitled"}


class Invalid(ValueError):
    """A ballot paper that does not say what was asked for. ``why`` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def valid(kind: str, choice: Any, options: Sequence[str], most: int) -> Any:
    """A choice as it is kept. Raises Invalid.

    >>> valid("dots", {"a": "3", "b": ""}, ["a", "b"], 8)
    {'a': 3}
    """
    if kind == "yes_no":
        if choice not in (YES, NO, ABSTAIN):
            raise Invalid("choice_unknown")
        return choice
    if kind in ("approval", "ranked"):
        return _list(kind, choice, options)
    return _marks(kind, choice, options, most)


def _list(kind: str, choice: Any, options: Sequence[str]) -> list[str]:
    if not isinstance(choice, list) or any(code not in options for code in choice):
        raise Invalid("choice_unknown")
    if len(set(choice)) != len(choice):
        raise Invalid("choice_twice")
    if kind == "ranked" and not choice:
        raise Invalid("choice_missing")
    return choice if kind == "ranked" else sorted(choice, key=list(options).index)


def _marks(kind: str, choice: Any, options: Sequence[str], most: int) -> dict[str, Any]:
    if not isinstance(choice, Mapping) or any(code not in options for code in choice):
        raise Invalid("choice_unknown")
    given = {code: mark for code, mark in choice.items() if mark not in ("", None)}
    if kind == "moscow":
        if any(mark not in tallies.MOSCOW for mark in given.values()):
            raise Invalid("choice_unknown")
        if not given:
            raise Invalid("choice_missing")
        return given
    try:
        numbers = {code: int(mark) for code, mark in given.items()}
    except (TypeError, ValueError):
        raise Invalid("choice_unknown") from None
    if any(number < 0 or number > most for number in numbers.values()):
        raise Invalid("too_many")
    if kind == "dots" and sum(numbers.values()) > most:
        raise Invalid("too_many")
    if not numbers:
        raise Invalid("choice_missing")
    return {code: number for code, number in numbers.items() if number or kind == "score"}


def counted(
    kind: str, choices: Sequence[Any], options: Sequence[str], *, present: int, entitled: int, base: str, percent: int,
    secret: bool,
) -> dict[str, Any]:  # fmt: skip
    """The result. Of few secret votes only what came out is told: numbers would tell who voted what."""
    if kind == "yes_no":
        result = _yes_no(choices, present, entitled, base, percent)
    else:
        result = _of_options(kind, choices, options)
    result["votes"] = len(choices)
    if secret and len(choices) < tallies.FEWEST_SHOWN:
        return {"votes": len(choices), "few": True} | {
            key: result[key] for key in ("winners", "carried") if key in result
        }
    return result


def _yes_no(choices: Sequence[Any], present: int, entitled: int, base: str, percent: int) -> dict[str, Any]:
    said = Counter(choices)
    shares = tallies.shares(said[YES], said[NO], said[ABSTAIN], present=present, entitled=entitled)
    share = getattr(shares, BASES[base])
    return {
        "counts": {YES: said[YES], NO: said[NO], ABSTAIN: said[ABSTAIN]},
        "shares": {name: getattr(shares, field) for name, field in BASES.items()},
        "base": base,
        "share": share,
        "carried": share is not None and share * 100 > percent,
    }


def _of_options(kind: str, choices: Sequence[Any], options: Sequence[str]) -> dict[str, Any]:
    if kind == "approval":
        scores: dict[str, float] = dict(tallies.approval(choices, options))
        return {"scores": scores, "winners": tallies.first(scores) if any(scores.values()) else []}
    if kind in ("dots", "score"):
        scores = tallies.scored(choices, options)
        return {"scores": scores, "winners": tallies.first(scores) if any(scores.values()) else []}
    if kind == "moscow":
        return {
            "categories": tallies.moscow(choices, options),
            "counts": {
                option: dict(Counter(choice[option] for choice in choices if option in choice)) for option in options
            },
        }
    ballots = Counter(tuple(choice) for choice in choices)
    if not ballots:
        return {"winners": [], "borda": tallies.borda(ballots, options), "rounds": [], "schulze": []}
    runoff = tallies.runoff(ballots, options)
    return {
        "winners": runoff.winners,
        "rounds": runoff.rounds,
        "borda": tallies.borda(ballots, options),
        "schulze": tallies.schulze(ballots, options),
    }
