"""The readings of the LMS's REST API: which requests give which rows.

A reading yields rows with a position, JSON from which a load that was cut off reads on.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from analytics_data_api.pipeline.lms_api_rows import account, block_rows, enrollment, grade, overview, score
from analytics_data_api.pipeline.lms_client import APIClient, RefusedRequest
from analytics_data_api.pipeline.store import StoreError

Rows = list[tuple]
Pages = Iterator[tuple[Rows, Any]]
Position = Any

PAGE_SIZE = 100
# Bytes of a URL that every server and proxy takes, and the number of usernames in it.
LONGEST_URL, MAX_USERNAMES = 3_500, 100
# Pages of cohorts are lists that do not tell whether they are the last. No LMS has smaller pages than this.
SMALLEST_PAGE = 10
# Statuses by which the LMS says that it has no such thing in a course, or that the user may not see it.
NOT_THERE = (403, 404)
ROLES = ("instructor", "staff")


@dataclass
class LMSAPI:
    """The readings. ``left_out`` counts what the LMS does not show, by a sentence about it."""

    client: APIClient
    courses: Sequence[str] = ()
    organizations: Sequence[str] = ()
    staff: Sequence[str] = ()
    left_out: Counter[str] = field(default_factory=Counter)

    def read_courses(self, position: Position) -> Pages:
        """Yield the courses that the options name, or all."""
        me = self.client.get("/api/user/v1/me")["username"]
        if self.courses:
            for number, course_id in enumerate(self.courses[position or 0 :], start=(position or 0) + 1):
                try:
                    course = self.client.get(f"/api/courses/v1/courses/{in_path(course_id)}/", {"username": me})
                except RefusedRequest as error:
                    if error.status == 404:
                        raise StoreError(f"the LMS has no course {course_id}, which --course names") from error
                    raise
                yield [overview(course)], number
            return
        organizations = self.organizations or ("",)
        start, query = position or (0, None)
        for number in range(start, len(organizations)):
            parameters = {"username": me, "page_size": PAGE_SIZE}
            if organizations[number]:
                parameters["org"] = organizations[number]
            for page, following in self.client.pages("/api/courses/v1/courses/", parameters, query):
                yield list(map(overview, page)), (number, following) if following else (number + 1, None)
            query = None

    def read_enrollments(self, courses: Sequence[str], position: Position) -> Pages:
        def of_course(course_id: str, query: str | None) -> Pages:
            # Without page_size, which not every release knows: all of them give their maximum.
            for page, following in self.client.pages("/api/enrollment/v1/enrollments", {"course_id": course_id}, query):
                yield list(map(enrollment, page)), following

        return over(courses, position, of_course)

    def read_accounts(self, usernames: Iterable[str]) -> Pages:
        """Yield the accounts of sorted usernames. The position is the last one."""
        path = "/api/user/v1/accounts"
        for names in username_batches(usernames, len(self.client.url + path)):
            try:
                accounts = self.client.get(path, f"username={','.join(names.values())}")
            except RefusedRequest as error:
                if error.status != 404:
                    raise
                accounts = []
            self.left_out["accounts that the LMS does not show"] += len(names) - len(accounts)
            yield list(map(account, accounts)), list(names)[-1]

    def read_cohorts(self, courses: Sequence[str], position: Position) -> Pages:
        def of_course(course_id: str, query: str | None) -> Pages:
            number = int(query or 1)
            while True:
                path = f"/api/cohorts/v1/courses/{in_path(course_id)}/cohorts/"
                try:
                    page = self.client.get(path, {"page": number, "page_size": PAGE_SIZE})
                except RefusedRequest as error:
                    if error.status == 404 and number > 1:
                        page = []
                    else:
                        raise
                number += 1
                is_last = len(page) < SMALLEST_PAGE
                rows = [(cohort["id"], cohort["name"], course_id, "cohort") for cohort in page]
                yield rows, None if is_last else str(number)
                if is_last:
                    return

        return over(courses, position, self.where_shown("cohorts", of_course))

    def read_members(self, cohorts: Sequence[tuple[str, int]], position: Position) -> Pages:
        """Yield the members of cohorts, each of which is a course and an id."""

        def of_cohort(cohort: tuple[str, int], query: str | None) -> Pages:
            course_id, number = cohort
            path = f"/api/cohorts/v1/courses/{in_path(course_id)}/cohorts/{number}/users/"
            for page, following in self.client.pages(path, {"page_size": PAGE_SIZE}, query):
                yield [(number, member["username"]) for member in page], following

        return over(cohorts, position, self.where_shown("members of cohorts", of_cohort))

    def read_blocks(self, courses: Sequence[str], position: Position) -> Pages:
        def of_course(course_id: str, _query: str | None) -> Pages:
            parameters = {
                "course_id": course_id,
                "all_blocks": "true",
                "depth": "all",
                "requested_fields": "children,graded,format,due",
                "student_view_data": "video",
                "return_type": "dict",
            }
            yield list(block_rows(course_id, self.client.get("/api/courses/v1/blocks/", parameters))), None

        return over(courses, position, self.where_shown("blocks", of_course))

    def read_modes(self, courses: Sequence[str], position: Position) -> Pages:
        def of_course(course_id: str, _query: str | None) -> Pages:
            modes = self.client.get(f"/api/course_modes/v1/courses/{in_path(course_id)}/")
            yield [(course_id, mode["mode_slug"], mode.get("mode_display_name")) for mode in modes], None

        return over(courses, position, self.where_shown("modes", of_course))

    def read_grades(self, courses: Sequence[str], position: Position) -> Pages:
        def of_course(course_id: str, query: str | None) -> Pages:
            path = f"/api/grades/v1/courses/{in_path(course_id)}/"
            for page, following in self.client.pages(path, {"page_size": PAGE_SIZE}, query):
                yield [grade(course_id, row) for row in page], following

        return over(courses, position, self.where_shown("grades", of_course))

    def read_scores(self, courses: Sequence[str], position: Position) -> Pages:
        """Yield the present score of each learner and problem, of which the LMS tells the history."""

        def of_course(course_id: str, query: str | None) -> Pages:
            path = f"/api/grades/v1/submission_history/{in_path(course_id)}/"
            for page, following in self.client.pages(path, {}, query):
                rows = [
                    (course_id, problem["location"], learner["user"], *score(problem["submission_history"]))
                    for learner in page
                    for problem in learner["problems"]
                    if problem["submission_history"]
                ]
                yield rows, following

        return over(courses, position, self.where_shown("problem scores", of_course))

    def read_roles(self, courses: Sequence[str], position: Position) -> Pages:
        """Yield the roles of the users that ``staff`` names in these courses. Who is instructor is staff, too."""
        loaded = frozenset(courses)

        def of_user(username: str, _query: str | None) -> Pages:
            found: dict[str, str] = {}
            for role in ROLES:
                parameters = {"username": username, "role": role, "page_size": PAGE_SIZE}
                for page, _following in self.client.pages("/api/courses/v1/course_ids/", parameters):
                    for course_id in page:
                        found.setdefault(course_id, role)
            yield [(username, None, course_id, role) for course_id, role in found.items() if course_id in loaded], None

        return over(sorted(set(self.staff)), position, self.where_shown("roles", of_user))

    def where_shown(self, what: str, read: Callable[[Any, str | None], Pages]) -> Callable[[Any, str | None], Pages]:
        """Return a reading that goes on, and counts it, where the LMS has nothing or shows nothing to this user."""

        def reading(item: Any, query: str | None) -> Pages:
            try:
                yield from read(item, query)
            except RefusedRequest as error:
                if error.status not in NOT_THERE:
                    raise
                of_what = "users" if what == "roles" else "cohorts" if what.startswith("members") else "courses"
                self.left_out[f"{of_what} whose {what} the LMS does not show (status {error.status})"] += 1
                yield [], None

        return reading


def over(items: Sequence[Any], position: Position, read: Callable[[Any, str | None], Pages]) -> Pages:
    """Yield the pages of each item. The position is the number of the item and the query of its next page."""
    start, query = position or (0, None)
    for number in range(start, len(items)):
        for rows, following in read(items[number], query):
            yield rows, (number, following) if following else (number + 1, None)
        query = None


def username_batches(usernames: Iterable[str], length_of_rest: int) -> Iterator[dict[str, str]]:
    """Yield as many usernames, each with its quoted form, as fit into a URL."""
    batch: dict[str, str] = {}
    length = start = length_of_rest + len("?username=")
    for name in usernames:
        quoted = quote(name)
        needed = len(quoted) + 1
        if batch and (length + needed > LONGEST_URL or len(batch) == MAX_USERNAMES):
            yield batch
            batch, length = {}, start
        batch[name] = quoted
        length += needed
    if batch:
        yield batch


def in_path(course_id: str) -> str:
    return quote(course_id, safe="/:+@")
