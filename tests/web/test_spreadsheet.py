"""Gnumeric, a real spreadsheet program, opens CSV files with hostile texts and does not find a formula."""

import csv
import io
import subprocess
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from analytics_data_api.web.renderers import FORMULA_STARTS
from tests.attack.texts import FORMULAS
from tests.support import rosters
from tests.support.factories import (
    CourseEnrollmentByEducationFactory,
    CourseEnrollmentModeDailyFactory,
    CourseMetaSummaryEnrollmentFactory,
    ModuleEngagementFactory,
    ProblemFirstLastResponseAnswerDistributionFactory,
    ProblemsAndTagsFactory,
)

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.spreadsheet]

COURSE = "course-v1:edX+Hostile+2026"
PROBLEM = "block-v1:edX+Hostile+2026+type@problem+block@answers"
NUMBERS = ("-5", "+5", "-1.5e3", "1", "-0.5")
CELL = "{http://www.gnumeric.org/v10.dtd}Cell"
# Gnumeric's types of values. A formula has none.
NUMBER, TEXT = "40", "60"


@dataclass(frozen=True)
class Cell:
    """``kind`` is None for a formula."""

    kind: str | None
    text: str


@pytest.fixture
def hostile_rows():
    texts = [*FORMULAS, *NUMBERS]
    rosters.load_learners(
        COURSE,
        [
            {
                "username": text,
                "name": text,
                "email": text,
                "cohort": text,
                "segments": [text],
                "enrollment_mode": text,
                "goals": text,
                "city": text,
            }
            for text in texts
        ],
    )
    for number, text in enumerate(texts):
        common = {"course_id": COURSE, "module_id": PROBLEM}
        ProblemFirstLastResponseAnswerDistributionFactory(
            part_id=f"part-{number}",
            answer_value=text,
            value_id=None,
            question_text=text,
            problem_display_name=text,
            **common,
        )
        ProblemsAndTagsFactory(tag_name=text, tag_value=text, **common)
        CourseEnrollmentModeDailyFactory(course_id=COURSE, mode=text)
        CourseEnrollmentByEducationFactory(course_id=COURSE, education_level=text)
        ModuleEngagementFactory(course_id=COURSE, username=text)
        CourseMetaSummaryEnrollmentFactory(
            course_id=COURSE, catalog_course_title=text, enrollment_mode=text, count_change_7_days=-7
        )


PATHS = {
    "roster": f"learners/?course_id={quote(COURSE)}&page_size=1000",
    "answers": f"problems/{quote(PROBLEM)}/answer_distribution/",
    "tags": f"courses/{quote(COURSE)}/problems_and_tags/",
    "modes, which name columns": f"courses/{quote(COURSE)}/enrollment/mode/",
    "education": f"courses/{quote(COURSE)}/enrollment/education/",
    "engagement": f"courses/{quote(COURSE)}/user_engagement/",
    "summaries": "course_summaries/",
    "cohorts, which name columns": f"course_learner_metadata/{quote(COURSE)}/",
    "data set of learners": "data_sets/roster/rows/?updated_before=9999-12-31",
    "data set of answers": "data_sets/problem_answers/rows/",
}
# Files whose hostile names follow a dot.
WITHOUT_FORMULAS = ("course_summaries/", "course_learner_metadata/")


def opened(body, folder):
    """Open a CSV file in the spreadsheet and return its cells by row and column."""
    source, target = folder / "file.csv", folder / "file.xml"
    source.write_bytes(body)
    kinds = ["--import-type=Gnumeric_stf:stf_csvtab", "--import-encoding=UTF-8"]
    command = ["ssconvert", *kinds, "--export-type=Gnumeric_XmlIO:sax:0", source, target]
    subprocess.run(command, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
    return {
        (int(cell.get("Row")), int(cell.get("Col"))): Cell(cell.get("ValueType"), cell.text or "")
        for cell in ElementTree.parse(target).iter(CELL)
    }


def read(body):
    return list(csv.reader(io.StringIO(body.decode(), newline="")))


def as_opened(text):
    """Return a text as the spreadsheet shows it: without the apostrophe in front, and with one kind of line end."""
    return text.removeprefix("'").replace("\r\n", "\n").replace("\r", "\n")


def csv_body(api, path):
    response = api.get(f"/api/v0/{path}", HTTP_ACCEPT="text/csv")
    assert response.status_code == 200
    return response.getvalue()


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_no_formula_and_every_text_as_it_was(api, hostile_rows, tmp_path, path):
    body = csv_body(api, path)
    written = {(row, column): text for row, cells in enumerate(read(body)) for column, text in enumerate(cells)}
    shown = opened(body, tmp_path)
    assert {place: cell for place, cell in shown.items() if cell.kind is None} == {}
    assert shown.keys() == {place for place, text in written.items() if text}
    for place, cell in shown.items():
        if cell.kind == TEXT:
            assert cell.text == as_opened(written[place])
    guarded = {place for place, text in written.items() if text.startswith("'")}
    assert len(guarded) > 20 or path.startswith(WITHOUT_FORMULAS)
    assert {shown[place].kind for place in guarded} <= {TEXT}


def test_what_has_no_apostrophe_is_run(api, hostile_rows, tmp_path):
    """The other tests would prove nothing if Gnumeric ignored formulas."""
    lines = [[cell.removeprefix("'") for cell in line] for line in read(csv_body(api, PATHS["roster"]))]
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    formulas = [cell.text for cell in opened(text.getvalue().encode(), tmp_path).values() if cell.kind is None]
    assert "=1+1" in formulas
    assert any(formula.startswith("=WEBSERVICE") for formula in formulas)


def test_the_texts_are_those_of_json(api, hostile_rows, tmp_path):
    rows = api.rows(f"/api/v0/{PATHS['answers']}")
    shown = opened(csv_body(api, f"{PATHS['answers']}?fields=answer_value"), tmp_path)
    texts = [shown[index + 1, 0] for index in range(len(rows))]
    assert [cell.text for cell in texts if cell.kind == TEXT] == [
        as_opened(row["answer_value"]) for row in rows if row["answer_value"] not in NUMBERS
    ]


def test_negative_numbers_stay_numbers(api, hostile_rows, tmp_path):
    header, line = read(csv_body(api, f"{PATHS['summaries']}"))
    column = header.index("count_change_7_days")
    shown = opened(csv_body(api, PATHS["summaries"]), tmp_path)
    assert shown[1, column] == Cell(NUMBER, line[column])
    assert float(line[column]) == -7 * len([*FORMULAS, *NUMBERS])

    usernames = opened(csv_body(api, f"{PATHS['roster']}&fields=username"), tmp_path)
    numbers = {cell.text for cell in usernames.values() if cell.kind == NUMBER}
    assert {float(text) for text in numbers} >= {float(text) for text in NUMBERS if text[0] in FORMULA_STARTS}
