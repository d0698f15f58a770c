"""The parts of the documentation that the code itself writes, as reStructuredText. Django has to be set up."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.apps import apps
from drf_yasg.codecs import OpenAPICodecJson

from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.web.schema import API_INFO, SchemaGenerator, route_slug
from analyticsdataserver.configuration import KEYS, UNKNOWN
from analyticsdataserver.env import VARIABLES

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


def prose(markdown: str) -> str:
    """Return a docstring or help text as reStructuredText. Backticks mark code; no other character has a meaning."""
    parts = markdown.split("`")
    for index, part in enumerate(parts):
        parts[index] = f"``{part}``" if index % 2 else re.sub(r"[\\*|]|_(?!\w)", r"\\\g<0>", part)
    return "".join(parts)


def list_table(header: Iterable[str], rows: Iterable[Iterable[str]], widths: str) -> Iterator[str]:
    yield from (".. list-table::", "   :header-rows: 1", f"   :widths: {widths}", "")
    for row in (header, *rows):
        for index, cell in enumerate(row):
            yield f"   {' ' if index else '*'} - {cell}".rstrip()
    yield ""


def code(text: str) -> str:
    return f"``{text}``"


def default_text(variable) -> str:
    if variable.default is None:
        return ""
    return code(str(variable.default).lower() if variable.type == "boolean" else str(variable.default))


def configuration_table() -> str:
    """Return a table of the environment variables."""
    rows = ((code(v.name), v.type, default_text(v), prose(v.help)) for v in VARIABLES.values())
    return "\n".join(list_table(("Variable", "Type", "Default", "Meaning"), rows, "27 15 12 46"))


def configuration_file_table() -> str:
    """Return a table of the configuration file's keys."""
    patterns: dict[str, list[str]] = {}
    for key in (*KEYS, UNKNOWN):
        patterns.setdefault(key.help, []).append(code(key.pattern))
    rows = ((", ".join(names), prose(help)) for help, names in patterns.items())
    return "\n".join(list_table(("Key", "Effect"), rows, "40 60"))


def data_dictionary() -> str:
    """Return the tables of the analytics database with their columns."""
    lines = []
    for model in sorted(apps.get_app_config("v0").get_models(), key=lambda model: model._meta.db_table):
        meta = model._meta
        title = meta.db_table if meta.managed else f"{meta.db_table}, older shape"
        lines += [title, "-" * len(title), "", prose(" ".join(model.__doc__.split())), ""]
        lines += [f"Model: ``analytics_data_api.v0.models.{model.__name__}``", ""]
        data_set = next((found for found in DATA_SETS.values() if found.model is model), None)
        if data_set is not None:
            lines += [f"Data set: ``{data_set.name}``, unique key: {', '.join(map(code, data_set.unique_key))}", ""]
        rows = (column_row(field, data_set) for field in meta.local_concrete_fields)
        lines += list_table(DICTIONARY_HEADER, rows, DICTIONARY_WIDTHS)
    return "\n".join([*lines, *of_several_tables()])


DICTIONARY_HEADER = ("Column", "Type", "May be null", "Meaning", "Unit", "Personal")
DICTIONARY_WIDTHS = "22 16 8 34 12 8"


def column_row(field, data_set) -> tuple[str, ...]:
    """Return the cells that describe a column of a table and of its data set."""
    column = data_set.column(field.name) if data_set else None
    may_be_null = field.null or (column is not None and column.nullable)
    return (
        code(field.column),
        column_type(field),
        "yes" if may_be_null else "",
        prose(field.help_text),
        (column.unit if column else None) or "",
        "yes" if column and column.personal else "",
    )


def of_several_tables() -> Iterator[str]:
    """Yield the sections of data sets that combine several tables."""
    for data_set in DATA_SETS.values():
        if any("__" in column.path for column in data_set.columns):
            title = f"The data set {data_set.name}"
            yield from (title, "-" * len(title), "", prose(data_set.description), "")
            yield from (f"Unique key: {', '.join(map(code, data_set.unique_key))}", "")
            rows = (
                (
                    code(column.name),
                    ", ".join(filter(None, (column.type, column.format))),
                    "yes" if column.nullable else "",
                    prose(column.description),
                    column.unit or "",
                    "yes" if column.personal else "",
                )
                for column in data_set.columns
            )
            yield from list_table(DICTIONARY_HEADER, rows, DICTIONARY_WIDTHS)


COLUMN_TYPES = {
    "BigAutoField": "integer, key",
    "BigIntegerField": "integer",
    "IntegerField": "integer",
    "FloatField": "double",
    "BooleanField": "boolean",
    "DateField": "date",
    "DateTimeField": "date-time",
    "TextField": "text",
    "JSONField": "JSON",
    "ForeignKey": "integer",
}


def column_type(field) -> str:
    if field.get_internal_type() == "CharField":
        return f"text of up to {field.max_length}"
    kind = field.get_internal_type()
    return COLUMN_TYPES.get(kind, kind) + (", key" if field.primary_key and "Auto" not in kind else "")


def swagger() -> dict:
    """Return the API's description that /docs/ shows."""
    schema = SchemaGenerator(API_INFO).get_schema(request=None, public=True)
    return json.loads(OpenAPICodecJson([]).encode(schema))


def view_names() -> dict[str, str]:
    """Return the name of each path's view."""
    endpoints = SchemaGenerator(API_INFO).get_endpoints(None)
    return {path: view.__name__ for path, (view, _methods) in endpoints.items()}


def endpoints() -> str:
    """Return the endpoints of version 0 and of the service, by group."""
    description = swagger()
    views = view_names()
    lines = []
    for tag in description["tags"]:
        if tag["name"].startswith("v1 "):
            continue
        title = tag["name"].removeprefix("v0 ").replace("_", " ").capitalize()
        lines += [title, "-" * len(title), ""]
        for path, operations in description["paths"].items():
            for method, operation in operations.items():
                if method != "parameters" and tag["name"] in operation["tags"]:
                    lines += endpoint(path, method, operation, views[path], description["definitions"])
    return "\n".join(lines)


def endpoint(path, method, operation, view, definitions) -> Iterator[str]:
    summary = operation["summary"].rstrip(".")
    yield from (f".. _{operation['operationId']}:", "", prose(summary), "~" * (len(prose(summary)) + 1), "")
    yield from (f"``{method.upper()} {path}``", "", f"View: ``{view}``", "")
    if operation["description"] != operation["summary"]:
        yield from (prose(operation["description"]), "")
    yield from parameters(operation["parameters"])
    schema = operation["responses"]["200"].get("schema", {})
    yield from answer_fields(schema, definitions)
    yield from errors(operation["responses"])
    yield from samples(path)


def parameters(declared) -> Iterator[str]:
    fields = [parameter for parameter in declared if parameter["in"] != "body"]
    body = [parameter["schema"] for parameter in declared if parameter["in"] == "body"]
    if fields:
        rows = (
            (code(p["name"]), PLACES[p["in"]] + (", required" if p["required"] else ""), meaning(p)) for p in fields
        )
        yield from (".. rubric:: Parameters", "")
        yield from list_table(("Name", "Place", "Meaning"), rows, "20 20 60")
    if body:
        yield from ("Send the parameters in the body, as JSON or as form fields.", "")


PLACES = {"path": "path", "query": "query string", "formData": "form"}


def meaning(described) -> str:
    text = prose(described.get("description", ""))
    words = described.get("enum") or described.get("items", {}).get("enum")
    return f"{text} One of {', '.join(map(code, words))}." if words else text


def answer_fields(schema, definitions) -> Iterator[str]:
    kind = "a list of objects" if schema.get("type") == "array" else "one object"
    rows = list(field_rows(schema, definitions))
    yield from (f".. rubric:: Response: {kind}", "")
    if rows:
        yield from list_table(("Key", "Type", "Meaning"), rows, "25 15 60")


def resolved(schema, definitions):
    if "$ref" in schema:
        return definitions[schema["$ref"].rpartition("/")[2]]
    return schema


def field_rows(schema, definitions, prefix="") -> Iterator[tuple[str, str, str]]:
    schema = resolved(schema, definitions)
    if schema.get("type") == "array":
        yield from field_rows(schema["items"], definitions, prefix)
        return
    required = schema.get("required", ())
    for name, declared in schema.get("properties", {}).items():
        field = resolved(declared, definitions)
        text = meaning(field)
        if name not in required:
            text += " May be absent."
        yield code(prefix + name), type_name(field, definitions), text
        inner = resolved(field.get("items", {}), definitions) if field.get("type") == "array" else field
        if inner.get("type") == "object":
            yield from field_rows(inner, definitions, f"{prefix}{name}.")
    if isinstance(schema.get("additionalProperties"), dict):
        extra = resolved(schema["additionalProperties"], definitions)
        yield code(f"{prefix}…"), type_name(extra, definitions), "Keys whose names depend on the data."
        yield from field_rows(extra, definitions, f"{prefix}….") if extra.get("type") == "object" else ()


TYPE_NAMES = {"string": "text", "array": "list", "number": "number", "integer": "integer"}


def type_name(field, definitions) -> str:
    kind = field.get("type", "object")
    name = "date" if field.get("format") == "date" else TYPE_NAMES.get(kind, kind)
    if kind == "array":
        name = f"list of {type_name(resolved(field['items'], definitions), definitions)}"
    return f"{name} or null" if field.get("x-nullable") else name


def errors(responses) -> Iterator[str]:
    described = {status: answer for status, answer in responses.items() if status != "200"}
    if described:
        yield from (".. rubric:: Errors", "")
        rows = ((status, prose(answer["description"])) for status, answer in sorted(described.items()))
        yield from list_table(("Status", "Meaning"), rows, "15 85")


def samples(path) -> Iterator[str]:
    """Yield the sample responses, which the tests compare with the endpoints' responses."""
    for suffix, language in (("json", "json"), ("csv", "text")):
        name = f"{route_slug(path)}.{suffix}"
        if (SAMPLES / name).is_file():
            yield from (f".. rubric:: Sample response, {suffix.upper()}", "")
            yield from (f".. literalinclude:: /samples/{name}", f"   :language: {language}", "")
