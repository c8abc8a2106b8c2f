#!/usr/bin/env python
"""Django's command line, with the embedded PostgreSQL and Valkey started where no real ones are named."""

import os
import sys

from config import embedded


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    with embedded.lease_for(sys.argv):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
