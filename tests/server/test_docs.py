"""The documentation matches the code: nothing is undocumented, and its examples work."""

import ast
import re
import shlex
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from django.core.management import get_commands
from django.urls import get_resolver

from analytics_data_api import errors
from analytics_data_api.data_sets import duplicates
from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.v0 import checks
from analytics_data_api.web.schema import IDS, route_slug
from analyticsdataserver.configuration import KEYS, key_of
from analyticsdataserver.env import VARIABLES
from tests.support.description import described_path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
README = ROOT / "README.rst"
PAGES = [README, ROOT / "CHANGELOG", *sorted(DOCS.glob("*.rst"))]

sys.path.append(str(DOCS / "_ext"))
import reference_text  # noqa: E402


def views(patterns=None, prefix=""):
    """Yield the path and the view of every route of the API and the service."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if getattr(pattern, "namespace", None) == "pages":
            # tests/pages/ holds their documentation.
            continue
        if hasattr(pattern, "url_patterns"):
            yield from views(pattern.url_patterns, route)
        elif hasattr(pattern.callback, "cls") and not route.startswith("docs/"):
            yield described_path(route), pattern.callback.cls


class TestReference:
    @pytest.mark.parametrize(
        ("page", "directive"),
        [
            ("endpoints", "endpoints"),
            ("data_dictionary", "data-dictionary"),
            ("configuration", "configuration-table"),
            ("existing", "configuration-file-table"),
        ],
    )
    def test_stands_in_its_page(self, page, directive):
        assert f".. {directive}::\n" in (DOCS / f"{page}.rst").read_text(encoding="utf-8")

    def test_every_view_is_documented(self):
        reference = reference_text.endpoints()
        missing = [
            path
            for path, view in views()
            if not path.startswith("/api/v1/") and f" {path}``\n\nView: ``{view.__name__}``" not in reference
        ]
        assert not missing

    def test_every_view_says_what_it_is_for(self):
        assert [view.__name__ for _path, view in views() if not view.__dict__.get("__doc__")] == []

    def test_every_sample_is_shown(self):
        reference = reference_text.endpoints()
        assert [path.name for path in (DOCS / "samples").iterdir() if f"/samples/{path.name}\n" not in reference] == []

    def test_every_id_of_a_url_has_an_example(self):
        names = {name for path, _view in views() for name in re.findall(r"{(\w+)}", path)}
        assert names <= set(IDS)

    def test_every_variable_is_documented(self):
        table = reference_text.configuration_table()
        assert [name for name in VARIABLES if f"``{name}``" not in table] == []

    def test_every_key_of_the_configuration_file_is_documented(self):
        table = reference_text.configuration_file_table()
        assert [key.pattern for key in KEYS if f"``{key.pattern}``" not in table] == []
        assert [name for name in VARIABLES if f"``{key_of(name).pattern}``" not in table] == []

    def test_every_check_is_documented(self):
        page = (DOCS / "existing.rst").read_text(encoding="utf-8")
        sources = [Path(module.__file__).read_text(encoding="utf-8") for module in (checks, duplicates)]
        ids = set(re.findall(r"analytics\.[EW]\d+", "".join(sources)))
        assert ids and ids == set(re.findall(r"analytics\.[EW]\d+", page))

    @pytest.mark.parametrize("data_set", DATA_SETS.values(), ids=lambda data_set: data_set.name)
    def test_every_data_set_is_in_the_dictionary(self, data_set):
        key = ", ".join(f"``{name}``" for name in data_set.unique_key)
        sections = re.split(r"\n(?=.+\n-{3,}\n)", reference_text.data_dictionary())
        of_table = f"Data set: ``{data_set.name}``, unique key: {key}\n"
        of_several = f"The data set {data_set.name}\n"
        section = next(
            text for text in sections if of_several in text or (data_set.name != "roster" and of_table in text)
        )
        assert f"nique key: {key}\n" in section
        rows = [[cell.strip() for cell in row.split("\n     -")] for row in section.split("   * - ")[1:]]
        found = {row[0].strip("`"): (row[2], row[4], row[5]) for row in rows}
        for column in data_set.columns:
            # The columns whose fields have another name.
            name = {"answer_value": "answer_value_text", "record_updated": "created"}.get(column.name, column.name)
            expected = ("yes" if column.nullable else "", column.unit or "", "yes" if column.personal else "")
            assert found[name] == expected, name

    def test_every_column_is_explained(self):
        for row in reference_text.data_dictionary().split("   * - ")[1:]:
            assert row.splitlines()[3].removeprefix("     -"), row

    @pytest.mark.parametrize(
        ("markdown", "text"),
        [
            ("plain", "plain"),
            ("`a|b` and *c* or d_ or e_f", r"``a|b`` and \*c\* or d\_ or e_f"),
            ("`one` `two`", "``one`` ``two``"),
            (r"a\b|c", r"a\\b\|c"),
        ],
    )
    def test_only_backticks_have_a_meaning(self, markdown, text):
        assert reference_text.prose(markdown) == text


# Endpoints about learners need a course in the query string as well.
SAMPLED = [
    path
    for path, _view in views()
    if path.startswith(("/api/v0/courses/", "/api/v0/problems/", "/api/v0/videos/"))
    and (DOCS / "samples" / f"{route_slug(path)}.json").is_file()
]


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize("path", SAMPLED)
def test_examples_of_ids_answer(api, demo_data, path):
    """A visitor of /docs/ gets 200 after pressing Execute without filling in anything."""
    url = re.sub(r"{(\w+)}", lambda match: quote(IDS[match[1]].example, safe=""), path)
    assert api.get(url).status_code == 200


CONFIGURATION = re.compile(
    r"(?<=\.\. configuration: written by make samples\n).*(?=\n\.\. configuration end)", re.DOTALL
)


def test_configuration_in_readme(rewrite):
    text = README.read_text(encoding="utf-8")
    table = f"\n{reference_text.configuration_table()}"
    if rewrite:
        text = CONFIGURATION.sub(lambda _match: table, text)
        README.write_text(text, encoding="utf-8")
    assert CONFIGURATION.search(text)[0] == table, "make samples writes it anew"


def error_classes(base=errors.ApiError):
    for error in base.__subclasses__():
        yield error
        yield from error_classes(error)


def test_every_error_code_is_documented():
    page = (DOCS / "errors.rst").read_text(encoding="utf-8")
    codes = {error.default_code for error in error_classes() if error.__module__ == errors.__name__}
    assert [code for code in sorted(codes) if f"``{code}``" not in page] == []


COMMAND = re.compile(r"^( +)\$ (.*)\n((?:\1(?!\$ ).+\n)*)", re.MULTILINE)


def commands(page):
    """Yield the commands of a page's console blocks, with their output."""
    for indent, command, output in COMMAND.findall(page.read_text(encoding="utf-8")):
        yield command, "".join(line.removeprefix(indent) for line in output.splitlines(keepends=True))


REQUESTS = [
    pytest.param(command, output, id=f"{page.name}: {urlsplit(shlex.split(command)[-1]).path}")
    for page in PAGES
    for command, output in commands(page)
    if command.startswith("curl -H 'Authorization: Token edx'")
]


def test_there_are_requests():
    assert len(REQUESTS) >= 6


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize(("command", "output"), REQUESTS)
def test_requests_answer_what_is_printed(api, demo_data, command, output):
    url = urlsplit(shlex.split(command)[-1])
    response = api.get(f"{url.path}?{url.query}")
    assert response.getvalue().decode().replace("\r\n", "\n").strip() == output.strip()


class TestCommands:
    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
    def test_targets_exist(self, page):
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
        named = re.findall(
            r"(?:``|\$ |^    ?)make ([a-z-]+)(?:``| [A-Z]+=| *#|$)", page.read_text(encoding="utf-8"), re.MULTILINE
        )
        assert set(named) <= targets

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
    def test_management_commands_exist(self, page):
        named = re.findall(r"manage\.py ([a-z_]+)", page.read_text(encoding="utf-8"))
        assert set(named) <= set(get_commands())


def ledger():
    """Return the label and text of each row of the compatibility ledger."""
    page = (DOCS / "compatibility.rst").read_text(encoding="utf-8")
    parts = re.split(r"^\.\. _compatibility-([a-z-]+):$", page, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def named_tests(path):
    """Yield the names of a file's tests, with the class in front."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ClassDef):
            yield from (f"{node.name}::{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef))


@pytest.mark.parametrize(("label", "row"), ledger(), ids=lambda value: value if len(value) < 40 else "")
def test_each_row_of_the_ledger_names_its_tests(label, row):
    for field in ("Documented", "Older servers", "This server", "Why"):
        assert f"\n:{field}: " in row
    fields = re.findall(r"^:Tests?: ((?:.*\n)(?:   .*\n)*)", row, re.MULTILINE)
    assert len(fields) == 1, "a row has one field Test or Tests"
    for path, name in re.findall(r"``([\w/]+\.py)(?:::([\w:]+))?``", fields[0]) or [("", "")]:
        file = ROOT / "tests" / path
        assert file.is_file() and name, f"{path}::{name} is no test"
        assert name in named_tests(file), f"{path} has no test {name}"
