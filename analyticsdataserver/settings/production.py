"""For serving to others: settings without a safe default are required, and one error names all that are missing."""

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

from analyticsdataserver.settings import base, safety  # noqa: E402
from analyticsdataserver.settings.base import *  # noqa: E402, F403

unsafe = safety.faults(secret_key=base.SECRET_KEY, hosts=base.ALLOWED_HOSTS, debug=base.DEBUG)
if unsafe:
    raise ImproperlyConfigured("; ".join(unsafe))

ALLOW_DEMO_KEY = False

# A reverse proxy terminates TLS. FORWARDED_ALLOW_IPS names the proxies whose X-Forwarded-Proto gunicorn accepts.
HTTPS_ONLY = env("HTTPS_ONLY")
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = env("HSTS_SECONDS") if HTTPS_ONLY else 0
# Load balancers and monitors ask each server directly, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^status/$", r"^health/$"]
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY

globals().update(configuration.over(vars(base)))

# Django has not configured logging yet, so these lines go to standard error.
for line in configuration.ignored:
    logging.getLogger("analyticsdataserver.configuration").warning("%s", line)
