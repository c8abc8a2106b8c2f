"""How property tests choose their examples: the same ones in every run, or at random, and many more, to find new ones.

A change is never refused for an example that has nothing to do with it: `make test` tries the same ones each time.
`make explore` looks for others; what it finds belongs into the test as an `@example`.
"""

import os

from hypothesis import settings

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "repeatable")
TIMES = int(os.environ.get("EXAMPLES_TIMES", "10"))


def choose() -> None:
    """Set what tests do not say for themselves. No deadlines: a test must not depend on how busy a machine is."""
    settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
    settings.register_profile("explore", max_examples=100 * TIMES, deadline=None, print_blob=True)
    settings.load_profile(PROFILE)


def examples(number: int) -> int:
    """As many examples as a test needs in every run; more of them while exploring."""
    return number * TIMES if PROFILE == "explore" else number
