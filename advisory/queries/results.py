"""What a ballot came to, in words and bars. The base of a share always stands beside it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from advisory import counting
from advisory.models import Ballot, Charter
from advisory.tallies import MOSCOW


@dataclass(frozen=True)
class Bar:
    label: str
    value: str
    percent: int
    first: bool = False


def texts(ballot: Ballot) -> dict[str, str]:
    return {option["code"]: option["text"] for option in ballot.options}


def so_far(ballot: Ballot, choices: list[Any]) -> list[Bar]:
    """How an open vote stands that hides nothing; no share, since nobody knows yet of how many."""
    result = counting.counted(
        ballot.kind, choices, list(texts(ballot)), present=len(choices), entitled=len(choices), base=ballot.base,
        percent=ballot.percent, secret=ballot.is_secret,
    )  # fmt: skip
    return bars(ballot, result)


def bars(ballot: Ballot, result: dict[str, Any] | None = None) -> list[Bar]:
    """One for each answer or option; none where so few voted secretly that they are not told."""
    result = result or ballot.result or {}
    if result.get("few"):
        return []
    if ballot.kind == Ballot.Kind.YES_NO:
        counts = result.get("counts", {})
        words = {"yes": _("yes"), "no": _("no"), "abstain": _("abstentions")}
        whole = max(sum(counts.values()), 1)
        found = [(word, counts[code]) for code, word in words.items() if code in counts]  # JSON keeps no order
        return [Bar(word, str(many), round(100 * many / whole)) for word, many in found]
    names = texts(ballot)
    if ballot.kind == Ballot.Kind.MOSCOW:
        words = {"must": _("must"), "should": _("should"), "could": _("could"), "wont": _("will not")}
        return [
            Bar(names[code], words.get(category, "-"), 100 - 25 * MOSCOW.index(category) if category else 0)
            for code, category in result.get("categories", {}).items()
        ]
    scores: dict[str, Any] = result.get("scores") or result.get("borda") or {}
    most = max([*scores.values(), 1])
    winners = result.get("winners", [])
    ordered = sorted(scores.items(), key=lambda one: (-one[1], one[0]))
    return [Bar(names[code], f"{score:g}", round(100 * score / most), code in winners) for code, score in ordered]


def in_words(ballot: Ballot) -> str:
    """One sentence: what came out, of how many, and by which base."""
    result = ballot.result or {}
    voted = _("%(votes)s voted, %(present)s of %(entitled)s present, quorum %(quorum)s (%(met)s).") % {
        "votes": result.get("votes", 0), "present": ballot.present, "entitled": ballot.entitled,
        "quorum": ballot.quorum, "met": _("met") if met(ballot) else _("not met"),
    }  # fmt: skip
    return f"{outcome(ballot)} {voted}"


def outcome(ballot: Ballot) -> str:
    result = ballot.result or {}
    if ballot.kind == Ballot.Kind.YES_NO:
        carried = _("Advised.") if result.get("carried") else _("Not advised.")
        if result.get("share") is None:
            return carried
        share = _("%(share)s%% yes, %(base)s.")
        base = Charter.Base(result["base"]).label
        return f"{carried} " + share % {"share": f"{result['share'] * 100:.2f}", "base": base}
    names = texts(ballot)
    if ballot.kind == Ballot.Kind.MOSCOW:
        return "; ".join(f"{bar.label}: {bar.value}" for bar in bars(ballot))
    winners = [names[code] for code in result.get("winners", [])]
    if len(winners) > 1:
        return _("A tie: %(names)s.") % {"names": ", ".join(winners)}
    return _("First: %(name)s.") % {"name": winners[0]} if winners else _("Nothing was chosen.")


def met(ballot: Ballot) -> bool:
    return (ballot.present or 0) >= (ballot.quorum or 0)


def choice_in_words(ballot: Ballot, choice: Any) -> str:
    """One vote, as it is read out."""
    if ballot.kind == Ballot.Kind.YES_NO:
        return {"yes": _("yes"), "no": _("no"), "abstain": _("abstains")}[choice]
    names = texts(ballot)
    if isinstance(choice, list):
        joint = " > " if ballot.kind == Ballot.Kind.RANKED else ", "
        return joint.join(names[code] for code in choice)
    return ", ".join(f"{names[code]}: {mark}" for code, mark in choice.items())
