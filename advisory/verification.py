"""A draw made again from what was exported of it. Pure; no database."""

from collections.abc import Mapping
from typing import Any

from advisory import selection


def again(exported: Mapping[str, Any]) -> list[str]:
    """The members as they come out. Raises what ``selection.draw`` raises, KeyError and TypeError for no export."""
    gone = set(exported["gone"])
    drawn = selection.draw(
        [selection.Candidate(one["id"], one["traits"]) for one in exported["pool"] if one["id"] not in gone],
        seats=exported["seats"],
        quotas={
            feature: {value: (bounds[0], bounds[1]) for value, bounds in values.items()}
            for feature, values in exported["quotas"].items()
        },
        seed=exported["seed"],
        attempt=exported["attempt"],
        fixed=exported["fixed"],
    )
    return list(drawn.members)[: len(exported["members"])]
