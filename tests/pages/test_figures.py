"""How figures are written, sorted and told without a picture; and that the documentation names real tests."""

import re
from pathlib import Path

import pytest
from django.http import QueryDict
from django.utils import translation

from analytics_data_api.pages.demographics import median
from analytics_data_api.pages.figures import DAY, PERCENT, TEXT, Chart, FigureTable, TableColumn, share, written
from analytics_data_api.pages.sections import SortedTable
from analytics_data_api.pages.sparklines import Sparkline
from tests.support.running import ROOT

COLUMNS = [TableColumn("name", "Name", TEXT), TableColumn("count", "Learners")]
TABLE = FigureTable("them", COLUMNS, [["b", 2], ["a", None], ["C", 10]], sort="name")


@pytest.mark.parametrize(
    ("value", "kind", "language", "text"),
    [
        (1234567, "number", "en", "1,234,567"),
        (0, "number", "en", "0"),
        (2.5, "number", "en", "2.50"),
        (None, "number", "en", "–"),
        ("2014-12-10T193146", DAY, "en", "Dec. 10, 2014"),
        ("2014-12-10", DAY, "es", "10 de diciembre de 2014"),
        (12.34, PERCENT, "en", "12.3 %"),
        (12.34, PERCENT, "es", "12,3 %"),
    ],
)
def test_written(value, kind, language, text):
    with translation.override(language):
        assert written(value, kind) == text


@pytest.mark.parametrize(("part", "whole", "percent"), [(1, 3, 33.3), (0, 3, 0), (1, 0, None), (None, 3, None)])
def test_share(part, whole, percent):
    assert share(part, whole) == percent


@pytest.mark.parametrize(
    ("ages", "middle"),
    [([], None), ([(20, 1)], 20), ([(20, 1), (30, 1)], 25), ([(20, 1), (40, 3)], 40), ([(1, 0)], None)],
)
def test_median(ages, middle):
    assert median(ages) == middle


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["a", "b", "C"]),
        ("them_sort=-name", ["C", "b", "a"]),
        ("them_sort=count", ["b", "C", "a"]),
        ("them_sort=-count", ["C", "b", "a"]),
        ("them_sort=unknown", ["a", "b", "C"]),
        ("them_page=x", ["a", "b", "C"]),
        ("them_page=99", ["a", "b", "C"]),
    ],
)
def test_sorted_table(query, names):
    table = SortedTable(TABLE, QueryDict(query))
    assert [key for key, _cells in table.cells] == names


def test_sorting_keeps_what_else_the_address_says():
    table = SortedTable(TABLE, QueryDict("start_date=2020-01-01&them_page=2"))
    assert [heading.url for heading in table.headings] == [
        "?start_date=2020-01-01&them_sort=-name#them",
        "?start_date=2020-01-01&them_sort=-count#them",
    ]


def test_chart_in_words():
    chart = Chart(TABLE, "bars", "name", ["count"], title="Two", unit="Learners")
    assert chart.text() == (
        "Chart of Learners by Name, b to C. Learners: from 2 to 10, highest 10. The table below has the same figures."
    )
    assert chart.spec()["series"][0]["values"] == [2, None, 10]


def test_sparkline_of_one_day():
    assert Sparkline([("2020-01-01", 5)]).points == "2.0,14.0"


def test_documentation_names_tests_that_are_there():
    page = (ROOT / "docs" / "pages.rst").read_text(encoding="utf-8")
    named = set(re.findall(r"``(test_\w+|Test\w+)``", page))
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    there = set(re.findall(r"(?:def|class) (test_\w+|Test\w+)", sources))
    assert named and named <= there
