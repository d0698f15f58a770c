"""Parse the bodies of requests."""

from typing import Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

# Maximum number of lists and objects inside each other. Python recurses to repeat a value in a message.
MAX_DEPTH = 100


class JSONParser(BaseParser):
    """Parses JSON in native code. It refuses lone surrogates, which no response could repeat, and deep nesting."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            value = orjson.loads(stream.read())
        except orjson.JSONDecodeError as error:
            message = str(error)
        else:
            if not is_deeper(value, MAX_DEPTH):
                return value
            message = f"more than {MAX_DEPTH} lists and objects are inside each other"
        # Raised out here, because the error above refers to the whole text.
        raise ParseError(f"JSON parse error - {message}")


def is_deeper(value: Any, depth: int) -> bool:
    """Return True if a value has more than ``depth`` lists and objects inside each other."""
    level = [value]
    for _ in range(depth + 1):
        level = [item for item in level if isinstance(item, (list, dict))]
        if not level:
            return False
        level = [child for item in level for child in (item.values() if isinstance(item, dict) else item)]
    return True
