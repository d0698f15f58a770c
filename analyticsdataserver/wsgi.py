"""The WSGI application, for gunicorn and similar servers."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from analyticsdataserver.db import limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analyticsdataserver.settings.local")
application = get_wsgi_application()
# Only a server imports this module, and only a server needs the time limits.
limits.enforce(settings.DATABASE_STATEMENT_TIMEOUT)
