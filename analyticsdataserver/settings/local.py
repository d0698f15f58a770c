"""For one's own machine: nothing has to be set."""

from django.core.management.utils import get_random_secret_key

from analyticsdataserver.settings.base import *  # noqa: F403
from analyticsdataserver.settings.base import SECRET_KEY as CONFIGURED_SECRET_KEY

# No default key stands in the repository; a random one only ends browser sessions at a restart.
SECRET_KEY = CONFIGURED_SECRET_KEY or get_random_secret_key()
