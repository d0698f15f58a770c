"""Who a learner is: all that the store and the tables know of a username, before it is replaced.

A run writes it to a file of the store's state, and removes the file when everything is replaced. The next run goes on with
it if this one is killed.
"""

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from analytics_data_api.pipeline.lms_tables import LMS_TABLES
from analytics_data_api.pipeline.retiring.hashes import Retired, write_private
from analytics_data_api.pipeline.store import EventStore
from analytics_data_api.sql.parquet import text_literal

JOURNAL = "retiring.json"
RETIRED_BY_LMS = "retired__user_"
NUMBER = re.compile(r"[0-9]{1,18}")
# Ids of an LMS are far below, numbers of JavaScript and the rules for ids of users above.
SMALLEST_NUMBER, NUMBERS = 10**15, 8 * 10**15


@dataclass
class RetiredLearner:
    """A learner to retire. Usernames and ids are given with what takes their place."""

    asked: str
    usernames: dict[str, str] = field(default_factory=dict)
    user_ids: dict[str, str] = field(default_factory=dict)
    emails: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    courses: list[str] = field(default_factory=list)

    @property
    def pseudonym(self) -> str:
        return self.usernames[self.asked]

    def save(self, state: Path) -> None:
        write_private(state / JOURNAL, json.dumps(asdict(self)))

    def add_to(self, retired: Retired) -> None:
        """Add the hashes by which loads recognize the learner."""
        for username, pseudonym in self.usernames.items():
            retired.add_username(username, pseudonym)
        for user_id, number in self.user_ids.items():
            retired.add_user_id(user_id, number)
        for email in self.emails:
            retired.add_email(email, self.pseudonym)
        for name in self.names:
            retired.add_name(name, self.pseudonym)


def interrupted_retirement(state: Path) -> RetiredLearner | None:
    """Return the learner whose retirement was interrupted, if there is one."""
    try:
        return RetiredLearner(**json.loads((state / JOURNAL).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def new_pseudonym() -> str:
    return f"learner_{secrets.token_hex(8)}"


def new_number(user_id: str) -> str:
    """Return an id that no user has. An id that is not a number stays one that is not."""
    return str(SMALLEST_NUMBER + secrets.randbelow(NUMBERS)) if NUMBER.fullmatch(user_id) else new_pseudonym()


class StoreIdentities:
    """Questions to the events and to the LMS's data about users."""

    def __init__(self, store: EventStore) -> None:
        self.sql = duckdb.connect(config={"memory_limit": "450MB", "temp_directory": str(store.staging / "spill")})
        self.files = [text_literal(path) for path in store.glob()]
        self.lms = store.path / "lms"

    def close(self) -> None:
        self.sql.close()

    def events(self, select: str, values: Iterable[str]) -> list[tuple]:
        """Return the rows of a statement on ``events``, in which ``$values`` are texts."""
        if not self.files:
            return []
        source = f"(SELECT * FROM read_parquet([{', '.join(self.files)}], hive_partitioning = true)) AS events"
        return self.sql.execute(select.replace("events", source, 1), {"values": list(values)}).fetchall()

    def lms_rows(self, table: str, select: str, condition: str, values: Iterable[str]) -> list[tuple]:
        """Return rows of a table of the LMS. There are none if it was not loaded."""
        path = self.lms / f"{table}.parquet"
        if not path.exists():
            return []
        known = {row[0] for row in self.sql.execute(f"DESCRIBE SELECT * FROM {text_literal(path)}").fetchall()}
        nulls = "".join(f", NULL AS {name}" for name in LMS_TABLES[table] if name not in known)
        source = f"(SELECT *{nulls} FROM {text_literal(path)})"
        statement = f"SELECT {select} FROM {source} WHERE {condition}"
        return self.sql.execute(statement, {"values": list(values)}).fetchall()

    def knows(self, username: str) -> bool:
        events = self.events("SELECT count(*) > 0 FROM events WHERE list_contains($values, username)", [username])
        return (events != [] and events[0][0]) or bool(self.accounts("username", [username]))

    def accounts(self, column: str, values: Iterable[str]) -> list[tuple[str, str, str | None]]:
        """Return id, username and email address of accounts of the LMS."""
        selected = "CAST(id AS VARCHAR), username, email"
        return self.lms_rows("auth_user", selected, f"list_contains($values, CAST({column} AS VARCHAR))", values)

    def names(self, user_ids: Iterable[str]) -> list[str]:
        condition = "list_contains($values, CAST(user_id AS VARCHAR)) AND name <> ''"
        return [name for (name,) in self.lms_rows("auth_userprofile", "name", condition, user_ids)]

    def pairs(self, column: str, values: Iterable[str]) -> list[tuple[str, str]]:
        """Return ids and usernames that events name together. In enrollments both may be another person's."""
        return self.events(
            "SELECT DISTINCT user_id, username FROM events WHERE user_id IS NOT NULL AND username <> '' "
            f"AND kind <> 'enrollment' AND list_contains($values, {column})",
            values,
        )

    def latest(self, column: str, of: str, values: Iterable[str]) -> dict[str, str]:
        """Return which id or username (``column``) each username or id (``of``) has had last."""
        return dict(
            self.events(
                f"SELECT {of}, arg_max({column}, time) FROM events WHERE user_id IS NOT NULL AND username <> '' "
                f"AND kind <> 'enrollment' AND list_contains($values, {of}) GROUP BY {of}",
                values,
            )
        )

    def courses(self, usernames: Iterable[str], user_ids: Iterable[str]) -> list[str]:
        rows = self.events(
            "SELECT DISTINCT unnest([course_id, url_course_id, payload_course_id]) FROM events "
            "WHERE list_contains($values, 'name:' || username) OR list_contains($values, 'id:' || user_id) "
            "OR (kind = 'enrollment' AND list_contains($values, 'id:' || (payload ->> '$.user_id')))",
            [*(f"name:{one}" for one in usernames), *(f"id:{one}" for one in user_ids)],
        )
        return sorted(course_id for (course_id,) in rows if course_id)


def identified_learner(store: EventStore, username: str, in_tables: list[dict[str, Any]]) -> RetiredLearner | None:
    """Return all that belongs to a username, or None if nothing knows it. ``in_tables`` are rows of the tables."""
    known = StoreIdentities(store)
    try:
        if not known.knows(username) and not in_tables:
            return None
        ids = set(ids_of(known, username)) | {str(row["user_id"]) for row in in_tables if row.get("user_id")}
        usernames = {username, *names_of(known, username, ids)}
        accounts = known.accounts("id", ids)
        emails = {email for _id, _name, email in accounts} | {row.get("email") for row in in_tables}
        names = {*known.names(ids), *(row.get("name") for row in in_tables)}
        courses = {*known.courses(usernames, ids), *(row["course_id"] for row in in_tables if row.get("course_id"))}
    finally:
        known.close()
    return RetiredLearner(
        username,
        {name: new_pseudonym() for name in sorted(usernames)},
        {user_id: new_number(user_id) for user_id in sorted(ids)},
        sorted(email for email in emails if email and "@" in email),
        sorted(name for name in names if name),
        sorted(courses),
    )


def ids_of(known: StoreIdentities, username: str) -> list[str]:
    """Return the ids of a username: of its account, and those that last had it, or else had it at all."""
    accounts = [user_id for user_id, _name, _email in known.accounts("username", [username])]
    seen = [user_id for user_id, _name in known.pairs("username", [username])]
    holders = known.latest("username", "user_id", seen)
    holders |= {user_id: name for user_id, name, _email in known.accounts("id", seen)}
    now = [user_id for user_id in seen if holders[user_id] == username]
    return [*accounts, *(now or (() if accounts else seen))]


def names_of(known: StoreIdentities, username: str, ids: Iterable[str]) -> list[str]:
    """Return the other usernames of these ids, unless they are someone else's by now, or the LMS has made them up."""
    seen = {name for _id, name in known.pairs("user_id", ids)} - {username}
    accounts = {name for _id, name, _email in known.accounts("id", ids)}
    last = known.latest("user_id", "username", seen)
    own = {name for name in seen | accounts if name in accounts or last[name] in set(ids)}
    # No figure counts these names, and a pseudonym would be counted.
    return [name for name in own if not name.startswith(RETIRED_BY_LMS)]
