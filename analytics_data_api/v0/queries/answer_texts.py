"""Pure functions that make the warehouse's texts of answers readable."""

import json
import re
import xml.etree.ElementTree as ElementTree
from math import isfinite
from typing import Any, NoReturn

import html5lib

# The warehouse replaces a backslash and the characters after it by one of these words.
PLACEHOLDERS = {
    "**ONEBACKSLASHQUOTE**": '\\"',
    "**TWOBACKSLASHQUOTE**": '\\\\"',
    "**THREEBACKSLASHQUOTE**": '\\\\\\"',
    "**FOURBACKSLASHQUOTE**": '\\\\\\\\"',
    "**TWOBACKSLASH**": "\\\\",
    "**BACKSLASHSPACE**": "\\ ",
    "**BACKSLASHQUOTE**": '\\"',
}
PLACEHOLDER = re.compile("|".join(map(re.escape, PLACEHOLDERS)))
# Parsing a text as HTML changes it only if it has one of these characters.
MARKUP = re.compile(r"[<&\x00-\x1f\x7f-\x9f]")
INVISIBLE_ELEMENTS = ("script", "style")
SURROGATE = re.compile("[\ud800-\udfff]")


def readable(text: str | None) -> str | None:
    """Return a text with its original characters in place of the warehouse's placeholders."""
    if text is None or "**" not in text:
        return text
    return PLACEHOLDER.sub(lambda match: PLACEHOLDERS[match[0]], text)


def readable_value_id(value_id: str | None) -> str | None:
    """Return the id of a choice, or ``[a|b]`` for several ids."""
    return None if value_id is None else readable(list_as_text(value_id, is_html=False))


def readable_answer(text: str | None, value_id: str | None) -> str | None:
    """Return the text of an answer, or ``[a|b]`` for several texts.

    The text of a choice is HTML and loses its markup. Without a ``value_id`` the learner typed the answer, and a ``<``
    in it is not markup.
    """
    return None if text is None else readable(list_as_text(text, is_html=value_id is not None))


def list_as_text(text: str, *, is_html: bool) -> str:
    """Return ``[a|b]`` for a JSON list and any other text unchanged, both without markup if they are HTML."""
    elements = elements_of(text)
    if elements is None and "**" in text:
        elements = elements_of(readable(text) or "")
    if elements is None:
        return text_of_html(text) if is_html else text
    return f"[{'|'.join(element_as_text(element, is_html=is_html) for element in elements)}]"


def element_as_text(element: Any, *, is_html: bool) -> str:
    is_text = isinstance(element, str)
    # JSON can spell half a character, which UTF-8 cannot encode.
    text = SURROGATE.sub("\ufffd", element if is_text else json.dumps(element, ensure_ascii=False))
    return text_of_html(text) if is_text and is_html else text


def elements_of(text: str) -> list[Any] | None:
    """Return the elements of a JSON list, or None if the text is not a JSON list."""
    if not text.lstrip().startswith("["):
        return None
    try:
        value = json.loads(text, parse_constant=refuse_constant, parse_float=finite)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def finite(digits: str) -> float:
    number = float(digits)
    return number if isfinite(number) else refuse_constant(digits)


def text_of_html(text: str) -> str:
    """Return the words of an HTML text, with single spaces between them."""
    if MARKUP.search(text):
        text = " ".join(pieces_of_text(html5lib.parse(text, namespaceHTMLElements=False)))
    return " ".join(text.split())


def pieces_of_text(root: ElementTree.Element) -> list[str]:
    """Return the texts of a tree in their order. Markup may be nested deeper than Python can recurse."""
    pieces: list[str] = []
    waiting: list[ElementTree.Element | str] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        if node.tail:
            waiting.append(node.tail)
        # The tag of a comment is a function instead of a text.
        if isinstance(node.tag, str) and node.tag not in INVISIBLE_ELEMENTS:
            waiting.extend(reversed(node))
            if node.text:
                waiting.append(node.text)
    return pieces
