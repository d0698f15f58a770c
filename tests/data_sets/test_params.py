"""Cursors of data sets: a returned cursor leads to the same place, and any other text is refused."""

import base64

import orjson
import pytest
from django.http import QueryDict
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.data_sets.params import LAST_ID, Cursor, Place, RowsParameters, digest, stored_text
from analytics_data_api.errors import IllegalParameterValues

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
CURSORS = st.builds(
    Cursor,
    st.sampled_from(sorted(DATA_SETS)),
    st.none() | st.builds(Place, st.datetimes().map(stored_text), st.integers(0, LAST_ID)),
)


def read(text):
    query = QueryDict(mutable=True)
    query["cursor"] = text
    return RowsParameters.read(query).cursor


@settings(derandomize=True, max_examples=200, deadline=None)
@given(CURSORS)
def test_what_is_handed_back_is_the_same(cursor):
    assert read(cursor.text()) == cursor
    assert not set(cursor.text()) - set(LETTERS)


@pytest.mark.parametrize("place", [None, Place("2020-01-01 00:00:00", 5), Place("2020-01-01 00:00:00.000001", LAST_ID)])
def test_no_letter_can_be_changed_left_out_or_added(place):
    text = Cursor("enrollment", place).text()
    changed = {text[:at] + letter + text[at + 1 :] for at in range(len(text)) for letter in LETTERS} - {text}
    shorter = {text[:at] + text[at + 1 :] for at in range(len(text))} | {text[:at] for at in range(1, len(text))}
    longer = {text[:at] + letter + text[at:] for at in range(len(text) + 1) for letter in "A=\n"}
    assert [tampered for tampered in changed | shorter | longer if Cursor.parse(tampered) is not None] == []


@settings(derandomize=True, max_examples=200, deadline=None)
@given(CURSORS, CURSORS, st.data())
def test_no_two_cursors_make_a_third(one, other, data):
    start, end = one.text(), other.text()
    made = start[: data.draw(st.integers(0, len(start)))] + end[data.draw(st.integers(0, len(end))) :]
    assume(made not in ("", start, end))
    with pytest.raises(IllegalParameterValues):
        read(made)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(min_size=1) | st.text(LETTERS, min_size=1))
def test_no_other_text_is_one(text):
    with pytest.raises(IllegalParameterValues):
        read(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text("ab\x00é"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2),
    max_leaves=6,
)
TIMES = st.sampled_from(["2020-01-01 00:00:00", "2020-02-31 00:00:00", "", "' OR 1 --", "9999-99-99 99:99:99"])


@settings(derandomize=True, max_examples=300, deadline=None)
@given(JSON | st.lists(st.sampled_from(["enrollment", "x"]) | TIMES | st.integers(-1, 2**63 - 1) | JSON, max_size=4))
def test_whoever_makes_the_digest_too_gets_no_further_than_a_place(content):
    body = orjson.dumps(content)
    cursor = Cursor.parse(base64.urlsafe_b64encode(body + digest(body)).decode().rstrip("="))
    if cursor is not None:
        assert content == [cursor.data_set, *(cursor.place or ())]
        assert isinstance(cursor.data_set, str)
        assert cursor.place is None or cursor.place.created in ("2020-01-01 00:00:00",)
