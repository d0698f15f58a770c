"""The WSGI application, for gunicorn and its like."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from analyticsdataserver.db import limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analyticsdataserver.settings.local")
application = get_wsgi_application()
# Whoever asks for the application serves requests; the commands of manage.py do not.
limits.enforce(settings.DATABASE_STATEMENT_TIMEOUT)
