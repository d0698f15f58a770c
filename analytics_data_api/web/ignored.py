"""Name the parameters of a request that its endpoint does not know.

Published clients send some, so they are ignored, but a misspelled name would otherwise give the wrong rows silently.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote

from django.conf import settings

from analytics_data_api.errors import IllegalParameterValues

HEADER = "X-Ignored-Parameters"
# Parameters that every endpoint knows.
COMMON_NAMES = ("format", "fields")
# A header names so many parameters, each with so many characters.
MAX_NAMES, MAX_LENGTH = 20, 60


def ignored_parameters(query: Mapping[str, Any], body: Any, known: Iterable[str]) -> str:
    """Return the value of the header: the unknown names, each with the nearest known name if one is close.

    Raise IllegalParameterValues for the first of them if the setting STRICT_PARAMETERS is on.
    """
    names = [*known, *(name for name in COMMON_NAMES if name not in known)]
    sent = dict.fromkeys([*query, *(body if isinstance(body, Mapping) else ())])
    unknown = [str(name) for name in sent if name not in names]
    if unknown and settings.STRICT_PARAMETERS:
        value = query.get(unknown[0]) if unknown[0] in query else body.get(unknown[0])
        raise IllegalParameterValues(unknown[0], str(value)[:MAX_LENGTH], f"only the parameters {', '.join(names)}")
    listed = [described_name(name, names) for name in unknown[:MAX_NAMES]]
    return ", ".join([*listed, "..."] if len(unknown) > MAX_NAMES else listed)


def described_name(name: str, known: list[str]) -> str:
    """Return a name as a header can hold it, with the nearest known name in parentheses."""
    shown = quote(name[:MAX_LENGTH], safe="[]$.!*'()~:@/")
    close = [word for word in known if word.startswith(name) and len(name) > 2] or get_close_matches(name, known, 1)
    return f"{shown} ({close[0]}?)" if close else shown
