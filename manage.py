#!/usr/bin/env python
"""Django's command line for the Analytics Data API."""

import os
import sys
from unicodedata import category

try:
    import django  # noqa: F401  (If this is missing, the virtualenv is missing or not active.)

    from analyticsdataserver.env import env
except ModuleNotFoundError as error:
    sys.exit(
        f"error: {error.name} is not installed: activate the virtualenv (. .venv/bin/activate), or run make develop"
    )

# Programs of these commands have several lines.
COMMANDS_OF_CODE = ("shell", "dbshell")


def refuse_unprintable_arguments():
    """Exit if an argument is not UTF-8 or has a control character, which no name of this server has."""
    unwanted = ("Cs",) if sys.argv[1:2] and sys.argv[1] in COMMANDS_OF_CODE else ("Cs", "Cc")
    for argument in sys.argv[1:]:
        if any(category(character) in unwanted for character in argument):
            shown = ascii(argument if len(argument) <= 80 else f"{argument[:77]}...")
            sys.exit(f"error: the argument {shown} is not UTF-8 or has a control character: expected readable text")


if __name__ == "__main__":
    refuse_unprintable_arguments()
    # A command with the configuration file of a site must use the site's databases.
    module = "production" if env("ANALYTICS_API_CFG") else "local"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"analyticsdataserver.settings.{module}")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A wrong setting needs one line that names it, not a traceback.
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"error: {error}")
