"""Readable texts of answers."""

import json

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_data_api.v0.queries.answer_texts import (
    PLACEHOLDERS,
    readable,
    readable_answer,
    readable_value_id,
    text_of_html,
)

LISTS = {
    "plain": "plain",
    "": "",
    "[]": "[]",
    '["a"]': "[a]",
    '["a", "b"]': "[a|b]",
    ' ["a", "b"] ': "[a|b]",
    '["a", ""]': "[a|]",
    '["a", 1, 2.5, true, null]': "[a|1|2.5|true|null]",
    '[["a", "é"], {"b": [1]}]': '[["a", "é"]|{"b": [1]}]',
    '["\\u00e9", "\\ud83d\\ude00"]': "[é|😀]",
    '["\\ud800"]': "[\ufffd]",
    '[["\\udc00"], {"\\ud800": 1}]': '[["\ufffd"]|{"\ufffd": 1}]',
    # Not a list, or no JSON at all: stays as it is.
    '{"a": 1}': '{"a": 1}',
    '"a"': '"a"',
    "[a, b]": "[a, b]",
    '["a"': '["a"',
    '["a"] and more': '["a"] and more',
    "[NaN]": "[NaN]",
    "[Infinity]": "[Infinity]",
    "[1e999]": "[1e999]",
    "[" + "1" * 5000 + "]": "[" + "1" * 5000 + "]",
    "[" * 100_000: "[" * 100_000,
    "[" * 100_000 + "]" * 100_000: "[" * 100_000 + "]" * 100_000,
}


@pytest.mark.parametrize("text, expected", LISTS.items(), ids=lambda text: text[:30])
def test_lists(text, expected):
    assert readable_value_id(text) == expected
    assert readable_answer(text, None) == expected


HTML = {
    "plain  text": "plain text",
    "  a\n\tb\r\nc ": "a b c",
    "<p>one</p><p>two</p>": "one two",
    "one<br/>two": "one two",
    "<b>bold</b>": "bold",
    'a <img src="x" alt="y"/> b': "a b",
    "<script>alert(1)</script>a<style>b {}</style>": "a",
    "<!-- nothing -->a": "a",
    "a &lt; b &amp;&amp; c &eacute;": "a < b && c é",
    "&nbsp;a&nbsp;": "a",
    "a < b": "a < b",
    "<": "<",
    "<p": "",
    '["<p>one</p>", "a &amp; b", 3]': "[one|a & b|3]",
    "<b>" * 2000 + "deep": "deep",
    "": "",
}


@pytest.mark.parametrize("text, expected", HTML.items(), ids=lambda text: text[:30])
class TestHtml:
    def test_of_a_choice_is_its_text(self, text, expected):
        assert readable_answer(text, "choice_1") == expected
        # An empty id is an id.
        assert readable_answer(text, "") == expected

    def test_typed_by_a_learner_stays(self, text, expected):
        if not text.startswith("["):
            assert readable_answer(text, None) == text


def test_null_stays_null():
    assert readable(None) is None
    assert readable_value_id(None) is None
    assert readable_answer(None, "choice_1") is None
    assert readable_answer(None, None) is None


# As the contract lists them.
PUT_BACK = {
    "**ONEBACKSLASHQUOTE**": r"\"",
    "**TWOBACKSLASHQUOTE**": r"\\" + '"',
    "**THREEBACKSLASHQUOTE**": r"\\\"",
    "**FOURBACKSLASHQUOTE**": r"\\\\" + '"',
    "**TWOBACKSLASH**": r"\\",
    "**BACKSLASHSPACE**": "\\ ",
    "**BACKSLASHQUOTE**": r"\"",
}


@pytest.mark.parametrize("placeholder, text", PUT_BACK.items())
def test_placeholders_are_put_back(placeholder, text):
    stored, shown = f"a{placeholder}b{placeholder}", f"a{text}b{text}"
    assert readable(stored) == shown
    assert readable_value_id(stored) == shown
    assert readable_answer(stored, None) == shown
    assert readable_answer(f"<p>{stored}</p>", "choice_1") == shown
    assert readable_answer(json.dumps([stored, "c"]), "choice_1") == f"[{shown}|c]"


def test_there_are_no_other_placeholders():
    assert set(PLACEHOLDERS) == set(PUT_BACK)
    assert readable("**FIVEBACKSLASHQUOTE** **onebackslashquote** ** *") == (
        "**FIVEBACKSLASHQUOTE** **onebackslashquote** ** *"
    )


def test_a_list_that_only_its_placeholders_make_json():
    assert readable_value_id('["say **ONEBACKSLASHQUOTE**hi**ONEBACKSLASHQUOTE**"]') == r"[say \"hi\"]"
    assert readable_value_id("[**BACKSLASHQUOTE**a]") == r"[\"a]"


CHARACTERS = st.text(st.sampled_from('ab \n\t[]{}"\\,:<>&;/pbr*1é😀\x00\xa0'), max_size=40)


@settings(derandomize=True, max_examples=500, deadline=None)
@given(CHARACTERS, st.none() | CHARACTERS)
def test_any_text_can_be_sent(text, value_id):
    for shown in (readable_answer(text, value_id), readable_value_id(text)):
        shown.encode()  # raises for half a character


@settings(derandomize=True, max_examples=500, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=5), max_size=4))
def test_any_list_of_texts_can_be_sent(elements):
    """``characters()`` has halves of characters as well, which JSON can spell."""
    shown = readable_value_id(json.dumps(elements))
    shown.encode()
    if not any("\ud800" <= character <= "\udfff" or character == "*" for character in "".join(elements)):
        assert shown == f"[{'|'.join(elements)}]"


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(lambda text: not set("<&") & set(text)))
def test_the_shortcut_for_texts_without_markup_changes_nothing(text):
    parsed = "".join(html5lib.parse(text, namespaceHTMLElements=False).itertext())
    assert text_of_html(text) == " ".join(parsed.split())


PLACEHOLDER_TEXTS = st.lists(
    st.sampled_from([*PLACEHOLDERS, "**", "*", "BACKSLASH", "TWO", "QUOTE**", "a", "\\", '"', " "])
).map("".join)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(PLACEHOLDER_TEXTS)
def test_putting_placeholders_back_leaves_none_and_makes_none(text):
    shown = readable(text)
    assert not any(placeholder in shown for placeholder in PLACEHOLDERS)
    assert readable(shown) == shown


@settings(derandomize=True, max_examples=300, deadline=None)
@given(CHARACTERS, st.none() | CHARACTERS)
def test_a_text_that_is_no_list_and_was_typed_stays(text, value_id):
    """Only a choice's text is HTML, and only JSON is a list."""
    is_list = text.strip().startswith("[")
    if value_id is None and not is_list:
        assert readable_answer(text, value_id) == readable(text)
    if value_id is not None and not is_list:
        shown = readable_answer(text, value_id)
        assert shown == " ".join(shown.split())
