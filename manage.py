#!/usr/bin/env python
"""Django's command line for the Analytics Data API."""

import os
import sys

try:
    import django  # noqa: F401  (asked for first: without it nothing else is there)

    from analyticsdataserver.env import env
except ModuleNotFoundError as error:
    sys.exit(
        f"error: {error.name} is not installed: activate the virtualenv (. .venv/bin/activate), or run make develop"
    )

if __name__ == "__main__":
    # Who names the configuration file of a deployment means its databases, and not those beside this file.
    module = "production" if env("ANALYTICS_API_CFG") else "local"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"analyticsdataserver.settings.{module}")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Whose settings are wrong needs the line that says so and no traceback.
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"error: {error}")
