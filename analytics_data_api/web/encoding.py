"""Encode rows as JSON objects in native code."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import starmap
from typing import Any

import msgspec
from django.utils.encoding import force_str
from django.utils.functional import Promise


def encodable(value: Any) -> str:
    """Return a lazy text or an instance of a subclass of str as str. Raise a TypeError for any other value."""
    if isinstance(value, Promise | str):
        return str(force_str(value))
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


ENCODER = msgspec.json.Encoder(enc_hook=encodable)
encoded = ENCODER.encode
encoded_lines = ENCODER.encode_lines


# A request can ask for its fields in any order, so only the classes of the most frequent orders are kept.
@lru_cache(maxsize=256)
def structure(names: tuple[str, ...]) -> type[msgspec.Struct]:
    """Return a class of objects with these keys.

    Compared with a dictionary, an object takes a sixth of the time to make and write, and a fifth of the memory.
    """
    return msgspec.defstruct("Row", names, gc=False)


def objects(names: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> list[msgspec.Struct]:
    """Return the rows as objects with these keys. Raise a TypeError if a row has another length."""
    return list(starmap(structure(names), rows))
