"""Converters of ids in URLs. Importing this module registers them."""

from django.urls import register_converter


class IdConverter:
    """Match any text. An id may hold slashes, and a malformed one must reach its view, which explains the error."""

    regex = r"[\s\S]*"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(IdConverter, "id")
