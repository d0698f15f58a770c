"""Texts of answers as the warehouse stores them, made readable. Pure functions."""

import json
import re
import xml.etree.ElementTree as ElementTree
from math import isfinite
from typing import Any, NoReturn

import html5lib

# The warehouse stores a backslash with what follows it as one of these words.
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
# Without any of these characters a text has no markup, and reading it as HTML would not change it.
MARKUP = re.compile(r"[<&\x00-\x1f\x7f-\x9f]")
INVISIBLE_ELEMENTS = ("script", "style")
SURROGATE = re.compile("[\ud800-\udfff]")


def readable(text: str | None) -> str | None:
    """A text with the warehouse's placeholders put back."""
    if text is None or "**" not in text:
        return text
    return PLACEHOLDER.sub(lambda match: PLACEHOLDERS[match[0]], text)


def readable_value_id(value_id: str | None) -> str | None:
    """The id of a choice, or ``[a|b]`` for several."""
    return None if value_id is None else readable(list_as_text(value_id, is_html=False))


def readable_answer(text: str | None, value_id: str | None) -> str | None:
    """The text of an answer, or ``[a|b]`` for several.

    The text of a choice is HTML, of which the text remains. Where there is no ``value_id`` the learner typed the answer,
    and a ``<`` in it is no markup.
    """
    return None if text is None else readable(list_as_text(text, is_html=value_id is not None))


def list_as_text(text: str, *, is_html: bool) -> str:
    """``[a|b]`` for a JSON list, another text as it is; either without its markup if it is HTML."""
    elements = json_list(text)
    if elements is None and "**" in text:
        elements = json_list(readable(text) or "")
    if elements is None:
        return text_of_html(text) if is_html else text
    return f"[{'|'.join(element_as_text(element, is_html=is_html) for element in elements)}]"


def element_as_text(element: Any, *, is_html: bool) -> str:
    is_text = isinstance(element, str)
    # Half a character, which JSON can spell and UTF-8 cannot, would break the answer.
    text = SURROGATE.sub("\ufffd", element if is_text else json.dumps(element, ensure_ascii=False))
    return text_of_html(text) if is_text and is_html else text


def json_list(text: str) -> list[Any] | None:
    """The elements of a text that holds a JSON list, else None."""
    if not text.lstrip().startswith("["):
        return None
    try:
        value = json.loads(text, parse_constant=refuse_constant, parse_float=finite)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def finite(digits: str) -> float:
    number = float(digits)
    return number if isfinite(number) else refuse_constant(digits)


def text_of_html(text: str) -> str:
    """The words of an HTML text, with single spaces between them."""
    if MARKUP.search(text):
        text = " ".join(pieces_of_text(html5lib.parse(text, namespaceHTMLElements=False)))
    return " ".join(text.split())


def pieces_of_text(root: ElementTree.Element) -> list[str]:
    """The texts of a tree in their order. Without recursion, since markup may be nested deeper than Python's stack."""
    pieces: list[str] = []
    waiting: list[ElementTree.Element | str] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        if node.tail:
            waiting.append(node.tail)
        # A comment's tag is a function.
        if isinstance(node.tag, str) and node.tag not in INVISIBLE_ELEMENTS:
            waiting.extend(reversed(node))
            if node.text:
                waiting.append(node.text)
    return pieces
