"""Rows become responses without asking a field. Django REST framework would return the same responses."""

from urllib.parse import quote, urlsplit

import orjson
import pytest
from django.urls import resolve
from rest_framework.test import APIRequestFactory, force_authenticate

from analytics_data_api.auth.access import UNRESTRICTED
from analytics_data_api.web.encoding import encoded
from analytics_data_api.web.serializers import RowSerializer
from tests.support.factories import UserFactory
from tests.support.routes import ROUTES, api_endpoints

SERIALIZERS = sorted(
    {view.serializer_class for _path, view in api_endpoints() if view.traits.has_rows},
    key=lambda serializer: serializer.__name__,
)
SERIALIZER_OF_PATH = {path: view.serializer_class for path, view in api_endpoints()}


# Serializers that no view declares, each with the request that selects it.
CHOSEN_BY_REQUEST = {"HighlightedLearnerSerializer": "learners/ with highlight=true"}


def subclasses(base):
    for subclass in base.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def test_every_serializer_of_rows_has_an_endpoint():
    """Each endpoint is in the table of routes, so the test below covers its serializer."""
    leaves = {subclass for subclass in subclasses(RowSerializer) if not subclass.__subclasses__()}
    assert {subclass.__name__ for subclass in leaves - set(SERIALIZERS)} == set(CHOSEN_BY_REQUEST)


def objects(answer):
    """Return the objects in a response: a list, a list in an envelope, or a single object."""
    if isinstance(answer, list):
        return answer
    lists = [answer[name] for name in ("results", "days") if name in answer]
    return lists[0] if lists else [answer]


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.slug)
def test_a_response_is_that_of_the_framework(api, demo_data, route):
    serializer = SERIALIZER_OF_PATH[f"/api/v0/{route.path}"]
    answer = api.rows(f"/api/v0/{route.sample}")
    assert objects(answer)
    for item in objects(answer):
        framework = serializer(item).data
        if serializer.has_extra_fields:
            item = {name: value for name, value in item.items() if name in serializer.names()}
        assert list(dict(framework).items()) == list(item.items())


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.slug)
def test_a_querys_rows_are_as_long_as_the_fields(api, demo_data, route):
    """``zip()`` would silently drop surplus values."""
    url = urlsplit(f"/api/v0/{route.sample}")
    match = resolve(url.path)
    rows = []

    class Recording(match.func.cls):
        def response(self, answered, *args, **kwargs):
            rows.extend(answered)
            return super().response(list(rows), *args, **kwargs)

    request = APIRequestFactory().get(f"{quote(url.path)}?{url.query}")
    request.resolver_match = match
    user = UserFactory()
    user.access = UNRESTRICTED
    force_authenticate(request, user)
    assert Recording.as_view()(request, **match.kwargs).status_code == 200
    serializer = match.func.cls.serializer_class
    assert {len(row) for row in rows} == {len(serializer.names()) + serializer.has_extra_fields}


@pytest.mark.parametrize("serializer", SERIALIZERS)
class TestRows:
    def test_values_stand_under_their_names(self, serializer):
        names = serializer.names()
        row = tuple(f"value of {name}" for name in names)
        extra = ({"zeta": 1, "alpha": 2},) if serializer.has_extra_fields else ()
        [item] = serializer.to_dicts([row + extra])
        assert list(item) == [*names, *(extra[0] if extra else ())]
        assert all(item[name] == f"value of {name}" for name in names)

    def test_objects_for_the_encoder_are_the_same(self, serializer):
        extra = ({"zeta": 1},) if serializer.has_extra_fields else ()
        rows = [tuple(map(str, range(len(serializer.names())))) + extra, (None,) * len(serializer.names()) + extra]
        assert encoded(serializer.to_objects(rows)) == orjson.dumps(serializer.to_dicts(rows))

    def test_nulls_stay_unless_they_are_left_out(self, serializer):
        extra = ({},) if serializer.has_extra_fields else ()
        [item] = serializer.to_dicts([(None,) * len(serializer.names()) + extra])
        assert set(serializer.names()) - set(item) == set(serializer.omitted_when_null)
        assert set(item.values()) <= {None}

    def test_columns_are_the_fields_in_their_order(self, serializer):
        columns = serializer.columns()
        fields = [column.name.partition(".")[0] for column in columns]
        assert [serializer.names()[column.place] for column in columns] == fields
        # A field whose keys all depend on the data has no declared column.
        assert list(dict.fromkeys(fields)) == [name for name in serializer.names() if name in fields]

    def test_every_field_says_what_it_counts(self, serializer):
        assert [name for name, field in serializer().fields.items() if not field.help_text] == []
