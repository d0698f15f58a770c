"""JSON objects hold the values of their rows."""

import json

import orjson
import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from analytics_data_api.web.encoding import encoded, encoded_lines, objects

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(st.tuples(values, values, values), max_size=5))
def test_as_from_dictionaries(rows):
    dicts = [dict(zip("abc", row, strict=True)) for row in rows]
    expected = orjson.loads(orjson.dumps(dicts))
    assert orjson.loads(encoded(objects(("a", "b", "c"), rows))) == expected
    lines = encoded_lines(objects(("a", "b", "c"), rows)).split(b"\n")
    assert [orjson.loads(line) for line in lines[:-1]] == expected
    assert lines[-1] == b""


def test_keys_are_in_the_order_of_the_names():
    assert encoded(objects(("z", "a"), [(1, 2)])) == b'[{"z":1,"a":2}]'
    assert encoded(objects(("a", "z"), [(1, 2)])) == b'[{"a":1,"z":2}]'
    assert encoded(objects((), [(), ()])) == b"[{},{}]"


def test_texts_of_other_classes():
    assert json.loads(encoded(objects(("a",), [(gettext_lazy("Yes"),)]))) == [{"a": "Yes"}]


def test_other_types_are_refused():
    with pytest.raises(TypeError, match="complex"):
        encoded([1j])


@pytest.mark.parametrize("row", [(1,), (1, 2, 3)])
def test_a_row_of_another_length_is_refused(row):
    with pytest.raises(TypeError):
        objects(("a", "b"), [row])
