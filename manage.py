#!/usr/bin/env python
"""Run a management command; without DATABASE_URL the embedded servers are used or started."""

import os
import sys


def main() -> None:
    """Point Django at its settings and hand over the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    from crm import embedded

    embedded.ensure()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
