"""Any text or JSON value of any parameter becomes a value or an error that names what is allowed."""

import inspect
import string

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_data_api.errors import ApiError, IllegalParameterValues
from tests.support.routes import api_endpoints

VIEWS = [view for _path, view in api_endpoints() if inspect.isclass(getattr(view, "parameters", None))]
FORMS = sorted({view.parameters for view in VIEWS}, key=lambda form: form.__name__)
# The parameters that a body may have too.
POSTED = sorted({view.parameters for view in VIEWS if hasattr(view, "post")}, key=lambda form: form.__name__)
FIELDS = [(form, name) for form in FORMS for name in form.parameters()]
IDS = [f"{form.__name__}.{name}" for form, name in FIELDS]
# Parts of valid values, so that nearly valid texts are generated too.
PARTS = st.sampled_from(
    [
        "2014-12-10",
        "T",
        "19:31",
        "Z",
        "+01:00",
        "9999",
        "0001-01-01",
        "edX/DemoX/1",
        "course-v1:",
        "a+b+c",
        ",",
        " ",
        "*",
    ]
    + [
        "asc",
        "all",
        "true",
        "1",
        "0",
        "-",
        "9" * 30,
        "username",
        "count",
        "\x00",
        "é",
        "１",
        "\u2028",
        "'",
        "%",
        "@a.b",
    ]
)
TEXTS = (
    st.text(max_size=12) | st.lists(PARTS, max_size=5).map("".join) | st.text(string.digits + "-:T.Z+W", max_size=24)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2),
    max_leaves=6,
)


def refused(error, name):
    """Return True if a client can act on the error."""
    return error.status_code == 400 and (not isinstance(error, IllegalParameterValues) or name in str(error))


@pytest.mark.parametrize("form, name", FIELDS, ids=IDS)
@settings(derandomize=True, max_examples=40, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=3))
def test_any_text(form, name, texts):
    query = QueryDict(mutable=True)
    for required in form.required_parameters:
        query[required] = "edX/DemoX/Demo_Course"
    query.setlist(name, texts)
    try:
        value = form.read(query)
    except ApiError as error:
        assert refused(error, name)
    else:
        # The value is reproducible and immutable.
        assert form.read(query) == value
        hash(value)


@pytest.mark.parametrize(
    "form, name",
    [(form, name) for form, name in FIELDS if form in POSTED],
    ids=[name for name, (form, _name) in zip(IDS, FIELDS, strict=True) if form in POSTED],
)
@settings(derandomize=True, max_examples=60, deadline=None)
@given(value=JSON)
def test_any_json(form, name, value):
    try:
        hash(form.read(QueryDict(), {name: value}))
    except ApiError as error:
        assert refused(error, name)
    with pytest.raises(ApiError):
        form.read(QueryDict(), [value])


@pytest.mark.parametrize("form", POSTED)
@settings(derandomize=True, max_examples=60, deadline=None)
@given(ids=st.lists(st.sampled_from(["edX/DemoX/1", "course-v1:a+b+c", "course-v1:é+é+é", "a.b/c-d/e_f"]), min_size=1))
def test_a_list_is_the_same_in_every_form(form, ids):
    name = "course_ids" if "course_ids" in form.parameters() else "program_ids"
    value = form.read(QueryDict(), {name: ids})
    joined, repeated = QueryDict(mutable=True), QueryDict(mutable=True)
    joined[name] = ",".join(ids)
    repeated.setlist(name, ids)
    assert form.read(joined) == form.read(repeated) == form.read(QueryDict(), joined) == value
    if name == "course_ids":
        # An unescaped + arrives as a space.
        assert form.read(QueryDict(f"{name}={','.join(ids)}")) == value
    assert (value if isinstance(value, tuple) else getattr(value, name)) == tuple(dict.fromkeys(ids))
