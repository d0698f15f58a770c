"""Rates of requests."""

import re
from typing import NamedTuple

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
NAMES = {1: "second", 60: "minute", 3600: "hour", 86400: "day"}
RATE = re.compile(r"([1-9][0-9]{0,8})/(s|sec|second|m|min|minute|h|hour|d|day)")
ALLOWED = "a number of requests, a slash and second, minute, hour or day, such as 600/minute"


class Rate(NamedTuple):
    """A maximum of ``requests`` in ``seconds``."""

    requests: int
    seconds: int

    def __str__(self) -> str:
        return f"{self.requests}/{NAMES[self.seconds]}"


def parse_rate(text: str) -> Rate:
    match = RATE.fullmatch(text.strip().lower())
    if not match:
        raise ValueError(f"expected {ALLOWED}")
    return Rate(int(match[1]), SECONDS[match[2][0]])
