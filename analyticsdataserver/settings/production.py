"""For serving to others: whatever has no safe default must be set, and all that is missing is said at once."""

from django.core.exceptions import ImproperlyConfigured

from analyticsdataserver.env import missing

unset = missing("DATABASE_URL", "ANALYTICS_DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS")
if unset:
    raise ImproperlyConfigured(f"production settings need these environment variables: {', '.join(unset)}")

from analyticsdataserver.settings.base import *  # noqa: E402, F403

DEBUG = False
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
