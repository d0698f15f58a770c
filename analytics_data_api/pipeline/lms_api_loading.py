"""Loads the LMS's tables from its REST API into the event store."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import duckdb

from analytics_data_api.pipeline.lms_api import LMSAPI, Pages
from analytics_data_api.pipeline.lms_api_rows import (
    ACCOUNT_COLUMNS,
    BLOCKS,
    ENROLLMENT_COLUMNS,
    GRADE_COLUMNS,
    GROUPS,
    MEMBER_COLUMNS,
    MODES,
    OVERVIEWS,
    ROLE_COLUMNS,
    SCORE_COLUMNS,
)
from analytics_data_api.pipeline.lms_client import APIClient
from analytics_data_api.pipeline.lms_loading import LMSSummary, Progressed
from analytics_data_api.pipeline.lms_sources import API, of_database, read_sources
from analytics_data_api.pipeline.lms_staging import LMSStaging, staged_tables
from analytics_data_api.pipeline.lms_tables import LMS_TABLES
from analytics_data_api.pipeline.store import EventStore, StoreError
from analytics_data_api.sql.parquet import text_literal

# Rows that are kept in memory before they are staged, and the seconds after which they are in any case.
BUFFERED_ROWS, BUFFERED_SECONDS = 20_000, 15.0

ENROLLMENTS, MEMBERS, GRADES, ROLES, SCORES = (
    "student_courseenrollment",
    "course_groups_courseusergroup_users",
    "grades_persistentcoursegrade",
    "student_courseaccessrole",
    "courseware_studentmodule",
)
USERS, PROFILES, ACCOUNTS = "auth_user", "auth_userprofile", "accounts"
# Tables whose rows name users, whose ids only accounts tell.
OF_USERS = {ENROLLMENTS: "user_id", MEMBERS: "user_id", GRADES: "user_id", ROLES: "user_id", SCORES: "student_id"}
# Columns that the API does not tell although it tells the rest.
UNTOLD = {SCORES: ["module_type", "created", "modified"], PROFILES: ["city", "language", "location"]}
# The columns that tell rows of a table apart. Pages may overlap if the LMS's data change while they are read.
UNIQUE = {
    OVERVIEWS: "id",
    ENROLLMENTS: "course_id, user_id",
    USERS: "id",
    PROFILES: "user_id",
    GROUPS: "id",
    MEMBERS: "courseusergroup_id, user_id",
    BLOCKS: "course_id, position",
    MODES: "course_id, mode_slug",
    GRADES: "course_id, user_id",
    ROLES: "course_id, user_id, role",
    SCORES: "course_id, module_id, student_id",
}


@dataclass(frozen=True)
class APIRequest:
    """A load as the operator asked for it."""

    courses: Sequence[str] = ()
    organizations: Sequence[str] = ()
    staff: Sequence[str] = ()
    with_grades: bool = False

    @property
    def scope(self) -> str:
        return repr((sorted(self.courses), sorted(self.organizations), sorted(self.staff), self.with_grades))

    @property
    def is_partial(self) -> bool:
        """True if only rows of some courses are replaced."""
        return bool(self.courses or self.organizations)


def load_lms_api(
    store: EventStore, client: APIClient, request: APIRequest, progress: Progressed = lambda table, rows: None
) -> LMSSummary:
    """Replace the LMS's tables of the store by what its API tells. Raise StoreError if it cannot be read."""
    summary = LMSSummary(client.url)
    try:
        with staged_tables(store, API, client.url, request.scope) as staging:
            APILoad(store.path / "lms", client, request, staging, summary, progress).run()
    except (KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"a response of {client.url} has another form than its documents say: {error!r}") from error
    return summary


class APILoad:
    """One load, which holds the staging."""

    def __init__(
        self,
        folder: Path,
        client: APIClient,
        request: APIRequest,
        staging: LMSStaging,
        summary: LMSSummary,
        progress: Progressed,
    ) -> None:
        self.folder = folder
        self.request = request
        self.staging = staging
        self.summary = summary
        self.progress = progress
        self.api = LMSAPI(client, request.courses, request.organizations, request.staff)
        wanted = [OVERVIEWS, ENROLLMENTS, GROUPS, MEMBERS, BLOCKS, MODES]
        wanted += [GRADES, SCORES] if request.with_grades else []
        wanted += [ROLES] if request.staff else []
        kept = of_database(read_sources(folder), [*wanted, USERS, PROFILES])
        summary.kept = {table: source.day for table, source in kept.items()}
        self.wanted = [table for table in wanted if table not in kept]

    def run(self) -> None:
        # Even a list of courses that stays the database's says which courses there are.
        self.stage(OVERVIEWS, LMS_TABLES[OVERVIEWS], self.api.read_courses)
        ids = self.values(f"SELECT DISTINCT id FROM {{{OVERVIEWS}}} ORDER BY id")
        courses = [course_id for (course_id,) in ids]
        of_courses: Mapping[str, tuple[Mapping[str, str], Callable[[Sequence[str], Any], Pages]]] = {
            ENROLLMENTS: (ENROLLMENT_COLUMNS, self.api.read_enrollments),
            GROUPS: (LMS_TABLES[GROUPS], self.api.read_cohorts),
            BLOCKS: (LMS_TABLES[BLOCKS], self.api.read_blocks),
            MODES: (LMS_TABLES[MODES], self.api.read_modes),
            GRADES: (GRADE_COLUMNS, self.api.read_grades),
            SCORES: (SCORE_COLUMNS, self.api.read_scores),
            ROLES: (ROLE_COLUMNS, self.api.read_roles),
        }
        for table, (columns, read) in of_courses.items():
            if table in self.wanted:
                self.stage(table, columns, lambda position, read=read: read(courses, position))
        if MEMBERS in self.wanted and GROUPS in self.staging.tables:
            cohorts = self.values(f"SELECT DISTINCT course_id, id FROM {{{GROUPS}}} ORDER BY course_id, id")
            self.stage(MEMBERS, MEMBER_COLUMNS, lambda position: self.api.read_members(list(cohorts), position))
        if not {USERS, PROFILES} <= self.summary.kept.keys():
            self.stage(ACCOUNTS, ACCOUNT_COLUMNS, self.read_accounts)
        self.staging.selects = dict(self.selects())
        self.staging.missing = {table: UNTOLD[table] for table in self.staging.selects.keys() & UNTOLD.keys()}
        self.summary.left_out = {sentence: number for sentence, number in self.api.left_out.items() if number}

    def stage(self, table: str, columns: Mapping[str, str], read: Callable[[Any], Pages]) -> None:
        """Stage all rows of a reading, from where an earlier load was cut off."""
        staged = self.staging.table(table)
        self.progress(table, staged.rows)
        if not staged.is_whole:
            waiting: list[tuple] = []
            position, since = staged.last_key, monotonic()
            try:
                for rows, following in read(staged.last_key):
                    waiting += rows
                    position = following
                    self.progress(table, len(rows))
                    if len(waiting) >= BUFFERED_ROWS or monotonic() - since >= BUFFERED_SECONDS:
                        self.staging.add(table, columns, waiting, position)
                        waiting, since = [], monotonic()
            finally:
                # Also of a load that fails, so that the next one reads on from here.
                if waiting:
                    self.staging.add(table, columns, waiting, position)
            self.staging.finish(table, columns)
        self.summary.rows[table] = staged.rows

    def read_accounts(self, position: str | None) -> Pages:
        tables = [table for table in OF_USERS if table in self.staging.tables]
        if not tables:
            return
        users = " UNION ".join(f"SELECT {OF_USERS[table]} AS user_id FROM {{{table}}}" for table in tables)
        later = "" if position is None else f"WHERE user_id > {text_literal(position)}"
        names = (name for (name,) in self.values(f"SELECT user_id FROM ({users}) {later} ORDER BY user_id"))
        yield from self.api.read_accounts(names)

    def values(self, select: str) -> Iterator[tuple]:
        """Yield the rows of a statement that names staged tables in braces."""
        with duckdb.connect(config={"threads": 1, "memory_limit": "100MB"}) as connection:
            cursor = connection.execute(self.filled(select))
            while batch := cursor.fetchmany(1000):
                yield from batch

    def filled(self, select: str) -> str:
        return select.format_map({name: self.staging.rows_of(name) for name in self.staging.tables})

    def selects(self) -> Iterator[tuple[str, str]]:
        """Yield each table with the statement of its rows: ids instead of usernames, and each row once, in order."""
        staged = self.staging.tables
        for table, unique in UNIQUE.items():
            source = ACCOUNTS if table in (USERS, PROFILES) else table
            if table in self.summary.kept:
                self.summary.rows.pop(table, None)
            elif source in staged:
                select = self.select(table, source)
                if self.request.is_partial:
                    select = f"{select} {self.rest(table)}"
                yield table, f"SELECT DISTINCT ON ({unique}) * FROM ({select}) ORDER BY {unique}"
        self.summary.rows.pop(ACCOUNTS, None)
        if ACCOUNTS in staged:
            accounts = [table for table in (USERS, PROFILES) if table not in self.summary.kept]
            self.summary.rows |= dict.fromkeys(accounts, staged[ACCOUNTS].rows)

    def select(self, table: str, source: str) -> str:
        """Return the statement of the new rows of a table."""
        found = {ACCOUNTS: ACCOUNT_COLUMNS, GRADES: GRADE_COLUMNS, SCORES: SCORE_COLUMNS}.get(source, LMS_TABLES[table])
        user = OF_USERS.get(table)
        special = {user: f"users.id AS {user}"} if user else {}
        if table == ROLES:
            overviews = self.staging.rows_of(OVERVIEWS)
            special["org"] = f"(SELECT ANY_VALUE(org) FROM {overviews} AS c WHERE c.id = rows.course_id) AS org"
        chosen = ", ".join(
            special.get(name) or (f'rows."{name}"' if name in found else f'CAST(NULL AS {kind}) AS "{name}"')
            for name, kind in LMS_TABLES[table].items()
        )
        select = f"SELECT {chosen} FROM {self.staging.rows_of(source)} AS rows"
        if not user:
            return select
        old_users = f"read_parquet({text_literal(self.folder / f'{USERS}.parquet')})"
        users = self.staging.rows_of(ACCOUNTS) if ACCOUNTS in self.staging.tables else old_users
        return f"{select} JOIN (SELECT DISTINCT username, id FROM {users}) AS users ON users.username = rows.{user}"

    def rest(self, table: str) -> str:
        """Return the rows of courses that the load does not cover, to be added to the new ones."""
        file = self.folder / f"{table}.parquet"
        if not file.is_file():
            return ""
        old = f"read_parquet({text_literal(file)})"
        loaded = f"SELECT id FROM {self.staging.rows_of(OVERVIEWS)}"
        chosen = ", ".join(f'"{name}"' for name in LMS_TABLES[table])
        if table in (USERS, PROFILES):
            key = UNIQUE[table]
            condition = f"{key} NOT IN (SELECT id FROM {self.staging.rows_of(ACCOUNTS)})"
        elif table == MEMBERS:
            groups = f"read_parquet({text_literal(self.folder / f'{GROUPS}.parquet')})"
            condition = f"courseusergroup_id IN (SELECT id FROM {groups} WHERE course_id NOT IN ({loaded}))"
        else:
            condition = f"{'id' if table == OVERVIEWS else 'course_id'} NOT IN ({loaded})"
        return f"UNION ALL BY NAME SELECT {chosen} FROM {old} WHERE {condition}"
