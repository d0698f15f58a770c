"""Django's caches, which also count: one round trip, and right however many processes count at the same time."""

from typing import Any
from urllib.parse import urlsplit

from django.core.cache.backends import locmem, redis
from django.utils.functional import cached_property

SCHEMES = ("redis", "rediss")
ALLOWED = "redis://:password@host:port/number, with a percent-encoded password, or rediss:// for TLS"

# Seconds. No request waits longer for a cache that has stopped, and it waits twice at most.
REDIS_TIMEOUT = 0.25
# More than a process counts at the same time; beyond that the local cache forgets the oldest.
MOST_LOCAL_ENTRIES = 10_000


COUNT = """
local number = redis.call("INCR", KEYS[1])
if number == 1 then redis.call("EXPIRE", KEYS[1], ARGV[1]) end
return number
"""


class RedisCache(redis.RedisCache):
    """Redis. A connection that has been closed in the meantime is opened again at once, and once."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        timeouts = {"socket_timeout": REDIS_TIMEOUT, "socket_connect_timeout": REDIS_TIMEOUT}
        self._options = {**timeouts, "retry": Retry(NoBackoff(), 1), **self._options}

    @cached_property
    def _counting(self) -> Any:
        # Takes half as long as a pipeline of the same commands.
        return self._cache.get_client(write=True).register_script(COUNT)

    def count(self, key: str, seconds: int) -> int:
        """Adds one to a number that is forgotten ``seconds`` after its first count, and gives the number."""
        return self._counting([self.make_and_validate_key(key)], [seconds])


class LocalCache(locmem.LocMemCache):
    """The memory of this process."""

    def count(self, key: str, seconds: int) -> int:
        """As RedisCache counts, for the threads of one process."""
        self.add(key, 0, seconds)
        return self.incr(key)


LOCAL = {
    "BACKEND": "analyticsdataserver.cache.LocalCache",
    "OPTIONS": {"MAX_ENTRIES": MOST_LOCAL_ENTRIES},
}


def parse_cache_url(text: str) -> dict[str, Any]:
    """A cache URL as the dictionary that Django's CACHES takes."""
    text = text.strip()
    try:
        url = urlsplit(text)
        valid = url.scheme in SCHEMES and bool(url.hostname) and (url.port is None or url.port > 0)
        number = url.path.strip("/")
    except ValueError as error:
        raise ValueError(f"expected {ALLOWED}") from error
    if not valid or not (number == "" or (number.isascii() and number.isdigit())):
        raise ValueError(f"expected {ALLOWED}")
    return {
        "BACKEND": "analyticsdataserver.cache.RedisCache",
        # In a list, since Django would take a text apart at the commas of a password.
        "LOCATION": [text],
        "KEY_PREFIX": "analytics_data_api",
    }
