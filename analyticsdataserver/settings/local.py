"""For a developer's machine: nothing has to be set."""

from django.core.management.utils import get_random_secret_key

from analyticsdataserver.settings.base import *  # noqa: F403
from analyticsdataserver.settings.base import SECRET_KEY as CONFIGURED_SECRET_KEY

# The repository contains no default key. With a random one, a restart ends browser sessions and nothing else.
SECRET_KEY = CONFIGURED_SECRET_KEY or get_random_secret_key()
