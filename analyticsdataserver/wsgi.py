"""The WSGI application, for gunicorn and similar servers."""

import os

import django
from django.conf import settings

from analyticsdataserver.db import limits, upkeep
from analyticsdataserver.handler import Handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analyticsdataserver.settings.local")
django.setup(set_prefix=False)
application = Handler()
# Only a server imports this module, and only a server needs the time limits.
limits.enforce(settings.DATABASE_STATEMENT_TIMEOUT)
if not settings.DEBUG:
    upkeep.replace_receivers()
