"""For serving to others: whatever has no safe default must be set, and all that is missing is said at once."""

import logging

from django.core.exceptions import ImproperlyConfigured

from analyticsdataserver.configuration import read
from analyticsdataserver.env import configured, env, missing

configuration = read(env("ANALYTICS_API_CFG"))
configured.update(configuration.variables)

unset = missing("DATABASE_URL", "ANALYTICS_DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS")
if unset:
    keys = {"DATABASE_URL": "DATABASES", "ANALYTICS_DATABASE_URL": "DATABASES"}
    beside = ", ".join(dict.fromkeys(keys.get(name, name) for name in unset))
    file = f" (or {beside} in {configuration.path})" if configuration.path else ""
    raise ImproperlyConfigured(f"production settings need these environment variables: {', '.join(unset)}{file}")

from analyticsdataserver.settings import base  # noqa: E402
from analyticsdataserver.settings.base import *  # noqa: E402, F403

DEBUG = False
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True

globals().update(configuration.over(vars(base)))

# What documents, templates and Django itself print where a key belongs is no key.
NO_SECRETS = ("...", "changeme", "change-me", "set-me-please", "your secret key here", "insecure-secret-key")
if base.SECRET_KEY.startswith("django-insecure-") or base.SECRET_KEY.strip().lower() in NO_SECRETS:
    raise ImproperlyConfigured("SECRET_KEY is a placeholder: make one of your own and keep it to yourself")

# Django has not configured logging yet, so that these lines go to standard error as they are.
for line in configuration.ignored:
    logging.getLogger("analyticsdataserver.configuration").warning("%s", line)
