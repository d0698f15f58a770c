"""Answers to problems, their grades, and views of subsections."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby, starmap
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from django.db import DatabaseError, ProgrammingError, connections
from django.db.models import F, Max, Model, Q, QuerySet, Sum

from analytics_data_api.course_keys import Courses
from analytics_data_api.sql import compiled
from analytics_data_api.sql.conditions import Scope, of_course
from analytics_data_api.sql.failures import lacks_table_or_column
from analytics_data_api.sql.functions import DateTimeText, Stored, ascending
from analytics_data_api.sql.rows import Row
from analytics_data_api.v0.models import (
    GradeDistribution,
    ProblemFirstLastResponseAnswerDistribution,
    ProblemResponseAnswerDistribution,
    ProblemsAndTags,
    SequentialOpenDistribution,
)
from analytics_data_api.v0.params.problems import ModuleFilters
from analytics_data_api.v0.queries.answer_texts import readable, readable_answer, readable_value_id

Result = TypeVar("Result")


def of_module(model: type[Model], module_id: str, course_id: str | None) -> QuerySet:
    return ModuleFilters.filtered(model._default_manager.filter(module_id=module_id), course_id=course_id)


def of_allowed(rows: Iterator[Row], allowed: Courses | None, course_id: str | None, place: int) -> Iterator[Row]:
    """Return the rows whose course, at ``place``, may be seen, and is this one if it is named. None allows all courses."""
    if allowed is None:
        return rows
    return (row for row in rows if row[place] in allowed and course_id in (None, row[place]))


# Above it neither a double nor a client in JavaScript represents every whole number.
LARGEST_INTEGER = 2**53


class StoredAnswer(NamedTuple):
    """A row of the answer distribution. Its texts still have the warehouse's placeholders."""

    course_id: str
    part_id: str
    value_id: str | None
    answer_value: str | None
    variant: int | None
    correct: int | None
    problem_display_name: str | None
    question_text: str | None
    created: str
    first_response_count: int | None
    last_response_count: int
    id: int
    consolidated_variant: bool = False


def answers_to_problem(*, problem_id: str, course_id: str | None, scope: Scope) -> Iterator[Row]:
    """Yield the answers to a problem by course, part, value_id (typed answers last), answer and variant."""

    def read(model: type[Model]) -> tuple[bool, list[Row]]:
        has_first_count = model is ProblemFirstLastResponseAnswerDistribution
        statement = answers_statement if has_first_count else older_answers_statement
        return has_first_count, list(
            compiled.rows(statement, using=scope.using, module_id=problem_id, course_id=course_id)
        )

    has_first_count, found = of_answer_model(read, using=scope.using)
    rows = of_allowed(iter(found), scope.allowed, course_id, place=0)
    if not has_first_count:
        rows = ((*row[:9], None, *row[9:]) for row in rows)
    for answer in consolidated(starmap(StoredAnswer, rows)):
        yield (
            answer.course_id,
            problem_id,
            answer.part_id,
            None if answer.correct is None else bool(answer.correct),
            answer.last_response_count,
            readable_value_id(answer.value_id),
            readable_answer(answer.answer_value, answer.value_id),
            readable(answer.problem_display_name),
            readable(answer.question_text),
            answer.variant,
            answer.created,
            answer.consolidated_variant,
            answer.first_response_count,
            answer.last_response_count if has_first_count else None,
        )


def answers_statement(module_id: str, course_id: str | None) -> QuerySet:
    answers = of_module(ProblemFirstLastResponseAnswerDistribution, module_id, course_id)
    return answers.values_list(*answer_columns(), "first_response_count", "last_response_count", "id")


def older_answers_statement(module_id: str, course_id: str | None) -> QuerySet:
    answers = of_module(ProblemResponseAnswerDistribution, module_id, course_id)
    return answers.values_list(*answer_columns(), "count", "id")


def answer_columns() -> Iterator[Any]:
    """Yield the columns that both shapes of the table have."""
    as_stored = {"created": DateTimeText("created"), "correct": Stored("correct")}
    return (as_stored.get(name, F(name)) for name in StoredAnswer._fields[:9])


@cache
def answer_model(using: str) -> type[Model]:
    """Return the model that fits a database's table: older tables count only the last responses.

    Each database is asked once. An exception is not cached, so a database that fails is asked again.
    """
    table = ProblemFirstLastResponseAnswerDistribution._meta.db_table
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} WHERE 1 = 0")
        columns = {column[0] for column in cursor.description}
    if "last_response_count" in columns:
        return ProblemFirstLastResponseAnswerDistribution
    if "count" in columns:
        return ProblemResponseAnswerDistribution
    raise ProgrammingError(f"the table {table} has neither a column last_response_count nor count")


def of_answer_model(read: Callable[[type[Model]], Result], *, using: str) -> Result:
    """Return what is read with the model of a database's table.

    If a column is unknown, the table may have changed while the server runs, so its columns are looked up once more.
    """
    try:
        return read(answer_model(using))
    except DatabaseError as error:
        if not lacks_table_or_column(error):
            raise
        answer_model.cache_clear()
        return read(answer_model(using))


def consolidated(answers: Iterable[StoredAnswer]) -> Iterator[StoredAnswer]:
    """Yield the answers in order. The answers to a part are summed up if they differ only in the variant."""
    parts: defaultdict[tuple[str, str], defaultdict[str | None, list[StoredAnswer]]]
    parts = defaultdict(lambda: defaultdict(list))
    for answer in answers:
        parts[answer.course_id, answer.part_id][answer.value_id].append(answer)
    for part in sorted(parts):
        choices = parts[part].values()
        if all(len(set(map(what_variants_share, choice))) == 1 for choice in choices):
            answers = [summed_choice(choice) for choice in choices]
        else:
            answers = [answer for choice in choices for answer in choice]
        yield from sorted(answers, key=answer_order)


what_variants_share = itemgetter(
    *map(StoredAnswer._fields.index, ("question_text", "answer_value", "problem_display_name", "correct"))
)


def summed_choice(choice: list[StoredAnswer]) -> StoredAnswer:
    if len(choice) == 1:
        return choice[0]
    has_first_count = choice[0].first_response_count is not None
    return choice[0]._replace(
        variant=None,
        created=max(answer.created for answer in choice),
        first_response_count=sum(answer.first_response_count or 0 for answer in choice) if has_first_count else None,
        last_response_count=sum(answer.last_response_count for answer in choice),
        consolidated_variant=True,
    )


def answer_order(answer: StoredAnswer) -> tuple[bool, str, bool, str, bool, int, int]:
    choice, text, variant = answer.value_id, answer.answer_value, answer.variant
    return choice is None, choice or "", text is None, text or "", variant is None, variant or 0, answer.id


def grades_of_problem(*, problem_id: str, course_id: str | None, scope: Scope) -> Iterator[Row]:
    """Yield the grades of a problem in ascending order, each by course."""
    rows = compiled.rows(grades_statement, using=scope.using, module_id=problem_id, course_id=course_id)
    for module_id, course, grade, max_grade, count, created in of_allowed(rows, scope.allowed, course_id, place=1):
        yield module_id, course, whole_as_integer(grade), whole_as_integer(max_grade), count, created


def grades_statement(module_id: str, course_id: str | None) -> QuerySet:
    grades = of_module(GradeDistribution, module_id, course_id)
    order = (ascending("grade"), ascending("course_id", text=True), ascending("max_grade"), "id")
    return grades.order_by(*order).values_list(
        "module_id", "course_id", "grade", "max_grade", "count", DateTimeText("created")
    )


def whole_as_integer(number: float | None) -> float | int | None:
    """Return a whole grade as clients expect it, 2 and not 2.0. Other values and very large ones stay as they are."""
    if number is None or not float(number).is_integer() or abs(number) > LARGEST_INTEGER:
        return number
    return int(number)


def views_of_subsection(*, module_id: str, course_id: str | None, scope: Scope) -> Iterator[Row]:
    """Return the views of a subsection by course."""
    rows = compiled.rows(views_statement, using=scope.using, module_id=module_id, course_id=course_id)
    return of_allowed(rows, scope.allowed, course_id, place=1)


def views_statement(module_id: str, course_id: str | None) -> QuerySet:
    views = of_module(SequentialOpenDistribution, module_id, course_id)
    return views.order_by(ascending("course_id", text=True), "id").values_list(
        "module_id", "course_id", "count", DateTimeText("created")
    )


def problems_of_course(*, course_id: str, scope: Scope) -> Iterator[Row]:
    """Yield the problems of a course by id: id, submissions, correct submissions, parts, date of the count."""

    def read(model: type[Model]) -> list[Row]:
        count = "last_response_count" if model is ProblemFirstLastResponseAnswerDistribution else "count"
        answers = of_course(model, course_id, exact=scope.exact).using(scope.using)
        # Summed up by part and not by problem, because a database would list the parts of a problem as one text.
        parts = (
            answers.values("module_id", "part_id")
            .annotate(
                submissions=Sum(count, default=0),
                correct_submissions=Sum(count, filter=Q(correct=True), default=0),
                latest=DateTimeText(Max("created")),
            )
            .order_by()
        )
        columns = ("module_id", "part_id", "submissions", "correct_submissions", "latest")
        return sorted(compiled.rows_of(parts, *columns))

    return problems_of_parts(of_answer_model(read, using=scope.using))


def problems_of_parts(parts: Iterable[Row]) -> Iterator[Row]:
    """Yield one row per problem from one row per part, in the order of both.

    Each submission answers every part, so the submissions of a problem are the mean over its parts.
    """
    for module_id, of_problem in groupby(parts, key=itemgetter(0)):
        _module_ids, part_ids, totals, corrects, created = zip(*of_problem, strict=True)
        count = len(part_ids)
        yield module_id, sum(totals) // count, sum(corrects) // count, part_ids, max(created)


def problems_and_tags(*, course_id: str, scope: Scope) -> Iterator[Row]:
    """Yield the tagged problems of a course by id: id, submissions, correct ones, values by tag, date of the count."""
    return tags_by_problem(compiled.rows(tags_statement, using=scope.using, course_id=course_id, exact=scope.exact))


def tags_statement(course_id: str, exact: bool) -> QuerySet:
    tags = of_course(ProblemsAndTags, course_id, exact=exact)
    return tags.order_by("created", "id").values_list(
        "module_id", "tag_name", "tag_value", "total_submissions", "correct_submissions", DateTimeText("created")
    )


def tags_by_problem(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield one row per problem from one row per tag and value. Each repeats the submissions; the last row counts."""
    tags: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    latest: dict[str, Row] = {}
    for module_id, name, value, total, correct, created in rows:
        tags[module_id][name].add(value)
        latest[module_id] = (total, correct, created)
    for module_id in sorted(tags):
        total, correct, created = latest[module_id]
        by_name = {name: sorted(values) for name, values in sorted(tags[module_id].items())}
        yield module_id, total, correct, by_name, created
