#!/usr/bin/env python
"""Django's command line for the Analytics Data API."""

import os
import sys

try:
    import django  # noqa: F401  (If this is missing, the virtualenv is missing or not active.)

    from analyticsdataserver.env import env
except ModuleNotFoundError as error:
    sys.exit(
        f"error: {error.name} is not installed: activate the virtualenv (. .venv/bin/activate), or run make develop"
    )

if __name__ == "__main__":
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
