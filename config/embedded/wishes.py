"""Which of the two servers the environment leaves to us."""

import os

OFF = {"", "0", "false", "no", "off"}


def production() -> bool:
    """Production names its own servers. Naming a database makes a place one, unless PRODUCTION=0 says otherwise."""
    said = os.environ.get("PRODUCTION")
    return bool(os.environ.get("DATABASE_URL")) if said is None else said.strip().lower() not in OFF


def wanted() -> bool:
    return not production() and not os.environ.get("DATABASE_URL")


def broker_wanted() -> bool:
    return not production() and not os.environ.get("BROKER_URL")
