"""problems/{problem_id}/…"""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from django.db import connections

from tests.support import databases
from tests.support.factories import (
    DEMO_COURSE,
    GradeDistributionFactory,
    ProblemFirstLastResponseAnswerDistributionFactory,
    ProblemResponseAnswerDistributionFactory,
    SequentialOpenDistributionFactory,
)

pytestmark = pytest.mark.django_db(databases="__all__")

LATER = datetime(2014, 12, 11, 5, 0, 59, 999999, tzinfo=UTC)
ANOTHER_COURSE = "course-v1:edX+Another+2014"
IDS = [
    "i4x://edX/DemoX/Demo_Course/problem/268b43628e6d45f79c52453a590f9829",
    "block-v1:edX+DemoX+2014+type@problem+block@a.b-c",
    "i4x://Ünï/Cödé/problem/機率",
    "a|b@c:d/e+f g",
    "problem/answer_distribution/x",
]

Answer = ProblemFirstLastResponseAnswerDistributionFactory


def answers_url(problem_id="problem"):
    return f"/api/v0/problems/{quote(problem_id, safe='/:@+')}/answer_distribution/"


def answer(**columns):
    return Answer(module_id="problem", **columns)


@pytest.mark.parametrize("problem_id", IDS)
@pytest.mark.parametrize(
    "factory, path",
    [
        (Answer, "answer_distribution"),
        (GradeDistributionFactory, "grade_distribution"),
        (SequentialOpenDistributionFactory, "sequential_open_distribution"),
    ],
)
class TestIds:
    def test_raw_and_encoded(self, api, factory, path, problem_id):
        factory(module_id=problem_id)
        factory(module_id="another")
        for form in (quote(problem_id, safe="/:@+|"), quote(problem_id, safe="")):
            [row] = api.rows(f"/api/v0/problems/{form}/{path}/")
            assert row["module_id"] == problem_id

    def test_courses_stay_apart(self, api, factory, path, problem_id):
        for course_id in (DEMO_COURSE, ANOTHER_COURSE):
            factory(module_id=problem_id, course_id=course_id)
        url = f"/api/v0/problems/{quote(problem_id)}/{path}/"
        assert [row["course_id"] for row in api.rows(url)] == [ANOTHER_COURSE, DEMO_COURSE]
        for course_id in (DEMO_COURSE, ANOTHER_COURSE):
            assert [row["course_id"] for row in api.rows(url, {"course_id": course_id})] == [course_id]
        assert api.get(url, {"course_id": "course-v1:edX+Third+2014"}).status_code == 404


class TestAnswers:
    def test_documented_keys(self, api):
        answer(part_id="part", first_response_count=9, last_response_count=15, created=LATER)
        expected = {
            "course_id": DEMO_COURSE,
            "module_id": "problem",
            "part_id": "part",
            "correct": True,
            "count": 15,
            "value_id": "choice_1",
            "answer_value": "Indonesia",
            "problem_display_name": "Multiple Choice Problem",
            "question_text": "Which of the following countries has the largest population?",
            "variant": None,
            "created": "2014-12-11T050059",
            "consolidated_variant": False,
            "first_response_count": 9,
            "last_response_count": 15,
        }
        [row] = api.rows(answers_url())
        assert list(row.items()) == list(expected.items())
        assert api.csv(answers_url()) == [
            ",".join(sorted(expected)),
            "Indonesia,False,True,15,edX/DemoX/Demo_Course,2014-12-11T050059,9,15,problem,part,Multiple Choice Problem,"
            "Which of the following countries has the largest population?,choice_1,",
        ]

    def test_order(self, api):
        rows = [
            (DEMO_COURSE, "part_2", "choice_0", "a", None),
            (DEMO_COURSE, "part_1", None, "zebra", None),
            (DEMO_COURSE, "part_1", None, None, None),
            (DEMO_COURSE, "part_1", None, "Zebra", 2),
            (DEMO_COURSE, "part_1", None, "Zebra", None),
            (DEMO_COURSE, "part_1", None, "Zebra", 1),
            (DEMO_COURSE, "part_1", "😀", "a", None),
            (DEMO_COURSE, "part_1", "ﬀ", "a", None),
            (DEMO_COURSE, "part_1", "b", "a", None),
            (DEMO_COURSE, "part_1", "B", "a", None),
            (DEMO_COURSE, "Part_3", "choice_0", "a", None),
            (ANOTHER_COURSE, "part_9", "choice_0", "a", None),
        ]
        for course_id, part_id, value_id, text, variant in rows:
            answer(course_id=course_id, part_id=part_id, value_id=value_id, answer_value=text, variant=variant)
        answered = [
            tuple(row[name] for name in ("course_id", "part_id", "value_id", "answer_value", "variant"))
            for row in api.rows(answers_url())
        ]
        assert answered == [
            (ANOTHER_COURSE, "part_9", "choice_0", "a", None),
            (DEMO_COURSE, "Part_3", "choice_0", "a", None),
            (DEMO_COURSE, "part_1", "B", "a", None),
            (DEMO_COURSE, "part_1", "b", "a", None),
            (DEMO_COURSE, "part_1", "ﬀ", "a", None),
            (DEMO_COURSE, "part_1", "😀", "a", None),
            (DEMO_COURSE, "part_1", None, "Zebra", 1),
            (DEMO_COURSE, "part_1", None, "Zebra", 2),
            (DEMO_COURSE, "part_1", None, "Zebra", None),
            (DEMO_COURSE, "part_1", None, "zebra", None),
            (DEMO_COURSE, "part_1", None, None, None),
            (DEMO_COURSE, "part_2", "choice_0", "a", None),
        ]

    def test_variants_are_summed(self, api):
        answer(variant=1, first_response_count=1, last_response_count=10)
        answer(variant=2, first_response_count=2, last_response_count=20, created=LATER)
        answer(variant=1, value_id="choice_2", first_response_count=4, last_response_count=40)
        first, second = api.rows(answers_url())
        assert (first["variant"], first["consolidated_variant"], first["created"]) == (None, True, "2014-12-11T050059")
        assert (first["count"], first["first_response_count"], first["last_response_count"]) == (30, 3, 30)
        assert (second["variant"], second["consolidated_variant"], second["count"]) == (1, False, 40)

    def test_texts_are_readable(self, api):
        answer(
            value_id='["choice_0", "choice_1"]',
            answer_value='["<p>one</p>", "a <b>bold</b> two"]',
            question_text="say **ONEBACKSLASHQUOTE**x**ONEBACKSLASHQUOTE**",
            problem_display_name="a**TWOBACKSLASH**b",
        )
        answer(value_id=None, answer_value="a<b  c")
        chosen, typed = api.rows(answers_url())
        assert (chosen["value_id"], chosen["answer_value"]) == ("[choice_0|choice_1]", "[one|a bold two]")
        assert (chosen["question_text"], chosen["problem_display_name"]) == (r"say \"x\"", r"a\\b")
        assert (typed["value_id"], typed["answer_value"]) == (None, "a<b  c")

    def test_nulls_stay_null(self, api):
        names = ("correct", "value_id", "answer_value", "variant", "problem_display_name", "question_text")
        answer(**dict.fromkeys(names))
        [row] = api.rows(answers_url())
        assert [row[name] for name in names] == [None] * 6

    @pytest.mark.parametrize(
        "text", ["[" * 100_000, '["\\ud800"]', '[["\\udfff"]]', '[{"\\ud83d": 1}]', "[1e999]", "<b>" * 1000, "\x00"]
    )
    @pytest.mark.parametrize("accept", ["application/json", "text/csv"])
    def test_no_text_breaks_the_answer(self, api, text, accept):
        answer(value_id="choice_1", answer_value=text[:65_000])
        answer(value_id=None, answer_value=text[:65_000])
        response = api.get(answers_url(), HTTP_ACCEPT=accept)
        assert response.status_code == 200
        assert response.getvalue().decode()


OLDER_TABLE = {
    "sqlite": """
        CREATE TABLE answer_distribution (
            id integer PRIMARY KEY AUTOINCREMENT, course_id varchar(255) NOT NULL, module_id varchar(255) NOT NULL,
            part_id varchar(255) NOT NULL, correct bool, count integer NOT NULL, value_id varchar(255),
            answer_value_text text, answer_value_numeric real, problem_display_name text, question_text text,
            variant integer, created datetime NOT NULL
        )""",
    "mysql": """
        CREATE TABLE answer_distribution (
            id int AUTO_INCREMENT PRIMARY KEY, course_id varchar(255) NOT NULL, module_id varchar(255) NOT NULL,
            part_id varchar(255) NOT NULL, correct tinyint(1), count int NOT NULL, value_id varchar(255),
            answer_value_text longtext, answer_value_numeric double, problem_display_name longtext,
            question_text longtext, variant int, created timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
        ) CHARACTER SET utf8mb3""",
}


@pytest.fixture
def older_table(tmp_path):
    """Yield a database of version 0 with the older shape of the table of answers."""
    with databases.empty("analytics", tmp_path) as connection:
        databases.execute(connection, OLDER_TABLE[connection.vendor])
        yield connection


class TestOlderTable:
    def test_counts_of_the_last_response_alone(self, api, older_table):
        ProblemResponseAnswerDistributionFactory(module_id="problem", part_id="part", count=7)
        expected = {
            "course_id": DEMO_COURSE,
            "module_id": "problem",
            "part_id": "part",
            "correct": True,
            "count": 7,
            "value_id": "choice_1",
            "answer_value": "Indonesia",
            "problem_display_name": "Multiple Choice Problem",
            "question_text": "Which of the following countries has the largest population?",
            "variant": None,
            "created": "2014-12-10T193146",
            "consolidated_variant": False,
        }
        [row] = api.rows(answers_url())
        assert list(row.items()) == list(expected.items())
        header, line = api.csv(answers_url())
        assert header == ",".join(sorted([*expected, "first_response_count", "last_response_count"]))
        assert line.startswith("Indonesia,False,True,7,edX/DemoX/Demo_Course,2014-12-10T193146,,,problem,part,")

    def test_as_a_data_set(self, api, older_table):
        ProblemResponseAnswerDistributionFactory(count=7)
        (row,) = api.rows("/api/v0/data_sets/problem_answers/rows/", {"format": "json"})
        assert (row["first_response_count"], row["last_response_count"]) == (None, 7)

    def test_variants_are_summed(self, api, older_table):
        for variant, count in ((1, 10), (2, 20)):
            ProblemResponseAnswerDistributionFactory(module_id="problem", variant=variant, count=count)
        [row] = api.rows(answers_url())
        assert (row["count"], row["variant"], row["consolidated_variant"]) == (30, None, True)
        assert "last_response_count" not in row

    def test_each_version_has_a_shape_of_its_own(self, api, older_table):
        ProblemResponseAnswerDistributionFactory(module_id="problem", count=7)
        answer(using="analytics_v1", last_response_count=8)
        assert "last_response_count" not in api.rows(answers_url())[0]
        assert api.rows(answers_url().replace("v0", "v1"))[0]["last_response_count"] == 8

    def test_is_asked_for_once(self, api, older_table, query_counter):
        ProblemResponseAnswerDistributionFactory(module_id="problem", count=7)
        costs = []
        for _ in range(3):
            with query_counter() as queries:
                api.rows(answers_url())
            costs.append(len([query for query in queries if query.startswith("analytics:")]))
        assert costs == [2, 1, 1]

    def test_a_lost_connection_is_no_shape(self, api, older_table, tmp_path):
        ProblemResponseAnswerDistributionFactory(module_id="problem", count=7)
        with databases.unreachable("analytics", tmp_path):
            assert api.get(answers_url()).status_code == 503
        assert api.rows(answers_url())[0]["count"] == 7

    @pytest.mark.parametrize(
        "path, key", [(None, "count"), ("courses/edX/DemoX/Demo_Course/problems/", "total_submissions")]
    )
    def test_columns_that_change_while_the_server_runs(self, api, tmp_path, path, key):
        """A table that a pipeline replaces by one of the other shape is read on the next request."""
        url = answers_url() if path is None else f"/api/v0/{path}"
        with databases.empty("analytics", tmp_path) as connection:
            databases.migrate("analytics")
            ProblemFirstLastResponseAnswerDistributionFactory(module_id="problem", last_response_count=5)
            assert api.rows(url)[0][key] == 5
            databases.execute(connection, "DROP TABLE answer_distribution", OLDER_TABLE[connection.vendor])
            ProblemResponseAnswerDistributionFactory(module_id="problem", count=7)
            assert api.rows(url)[0][key] == 7

    @pytest.mark.parametrize("table", ["grade_distribution", "course_enrollment_daily"])
    def test_a_missing_table_is_named(self, api, tmp_path, table):
        path = {"grade_distribution": "problems/p/grade_distribution/"}.get(table, "courses/a/b/c/enrollment/")
        with databases.empty("analytics", tmp_path) as connection:
            databases.migrate("analytics")
            databases.execute(connection, f"DROP TABLE {table}")
            response = api.get(f"/api/v0/{path}")
        assert response.status_code == 503
        assert f"lacks the table {table}" in response.json()["developer_message"]

    def test_neither_shape(self, api, tmp_path):
        with databases.empty("analytics", tmp_path) as connection:
            databases.execute(connection, OLDER_TABLE[connection.vendor].replace(" count int", " counts int"))
            response = api.get(answers_url())
            assert response.status_code == 503
            assert response.json()["error_code"] == "analytics_database_unavailable"
            databases.execute(connection, "DROP TABLE answer_distribution", OLDER_TABLE[connection.vendor])
            # The failure must not be remembered.
            assert api.get(answers_url()).status_code == 404


class TestGrades:
    url = "/api/v0/problems/problem/grade_distribution/"

    def test_documented_keys(self, api):
        GradeDistributionFactory(module_id="problem", grade=1, max_grade=2, count=5)
        expected = {
            "module_id": "problem",
            "course_id": DEMO_COURSE,
            "grade": 1,
            "max_grade": 2,
            "count": 5,
            "created": "2014-12-10T193146",
        }
        [row] = api.rows(self.url)
        assert list(row.items()) == list(expected.items())
        assert api.csv(self.url) == [
            "count,course_id,created,grade,max_grade,module_id",
            "5,edX/DemoX/Demo_Course,2014-12-10T193146,1,2,problem",
        ]

    def test_order_and_whole_numbers(self, api):
        for grade in (2, None, 0.5, 10, -1, 0, 1e300):
            GradeDistributionFactory(module_id="problem", grade=grade, max_grade=grade)
        body = api.get(self.url).content.decode()
        assert [part.partition(",")[0] for part in body.split('"grade":')[1:]] == [
            "-1",
            "0",
            "0.5",
            "2",
            "10",
            "1e300",
            "null",
        ]

    def test_grades_of_several_courses(self, api):
        for course_id, grade in [("b/b/b", 1), ("a/a/a", 2), ("A/A/A", 1), ("b/b/b", 0)]:
            GradeDistributionFactory(module_id="problem", course_id=course_id, grade=grade)
        assert [(row["grade"], row["course_id"]) for row in api.rows(self.url)] == [
            (0, "b/b/b"),
            (1, "A/A/A"),
            (1, "b/b/b"),
            (2, "a/a/a"),
        ]


class TestSubsections:
    url = "/api/v0/problems/subsection/sequential_open_distribution/"

    def test_documented_keys(self, api):
        SequentialOpenDistributionFactory(module_id="subsection", created=LATER)
        expected = {
            "module_id": "subsection",
            "course_id": DEMO_COURSE,
            "count": 23,
            "created": "2014-12-11T050059",
        }
        [row] = api.rows(self.url)
        assert list(row.items()) == list(expected.items())

    def test_order(self, api):
        for course_id in ("b/b/b", "course-v1:é+é+é", "A/A/A", "course-v1:e+e+e"):
            SequentialOpenDistributionFactory(module_id="subsection", course_id=course_id)
        assert [row["course_id"] for row in api.rows(self.url)] == [
            "A/A/A",
            "b/b/b",
            "course-v1:e+e+e",
            "course-v1:é+é+é",
        ]


@pytest.mark.parametrize("path", ["answer", "grade", "sequential_open"])
def test_empty_course_id_is_no_filter(api, path):
    for factory in (Answer, GradeDistributionFactory, SequentialOpenDistributionFactory):
        factory(module_id="problem")
    assert len(api.rows(f"/api/v0/problems/problem/{path}_distribution/", {"course_id": ""})) == 1


# Tables of pipelines compare text by their own collation, often without case.
CASELESS = {"sqlite": "COLLATE NOCASE", "mysql": "CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci"}


def test_equality_follows_a_standing_table_and_order_does_not(api, tmp_path):
    with databases.empty("analytics", tmp_path) as connection:
        text = f"varchar(255) {CASELESS[connection.vendor]} NOT NULL"
        databases.execute(
            connection,
            f"CREATE TABLE sequential_open_distribution (id integer PRIMARY KEY, module_id {text}, course_id {text},"
            " count integer NOT NULL, created datetime NOT NULL, note integer)",
        )
        for number, course_id in enumerate(["b/b/b", "é/é/é", "B/B/C", "a/a/a"]):
            SequentialOpenDistributionFactory(id=number + 1, module_id="Subsection", course_id=course_id)
        rows = api.rows(TestSubsections.url)
        assert [row["course_id"] for row in rows] == ["B/B/C", "a/a/a", "b/b/b", "é/é/é"]
        # The table cannot represent this character, so it has no such row.
        assert api.get("/api/v0/problems/😀/sequential_open_distribution/").status_code == 404
        assert connections["analytics"] is connection
