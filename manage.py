#!/usr/bin/env python
"""Django's command line, with the embedded PostgreSQL and Valkey started where no real ones are named."""

import os
import sys

from config import embedded


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import unmigrated

    with embedded.lease_for(sys.argv):
        unmigrated.execute(sys.argv)


if __name__ == "__main__":
    main()
