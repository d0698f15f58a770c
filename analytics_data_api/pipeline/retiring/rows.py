"""Replaces retired learners in rows: of the event store, of rejected lines and of the LMS's tables."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from analytics_data_api.pipeline.events import NULL, SEPARATOR, make_row
from analytics_data_api.pipeline.retiring.addresses import shortened_addresses
from analytics_data_api.pipeline.retiring.hashes import RetiredVersion, read_retired
from analytics_data_api.pipeline.retiring.texts import Replacer
from analytics_data_api.pipeline.store import COLUMNS

# The time and the hash of the line, at the beginning of a row, name nobody.
BEFORE_NAMES = len("2026-03-01T12:00:00.000000") + 1 + 32
# The columns of events that can name a learner.
JSON_COLUMNS = ("context", "payload")
# These name paths of the site, or the kind of the event.
PATH_COLUMNS = ("event_type", "name", "page")
CHANGED_COLUMNS = ("username", "user_id", "ip", *PATH_COLUMNS, *JSON_COLUMNS)
# The payload of a change of the profile has the old value and the new one.
PROFILE_EVENTS = "edx.user.settings."
PROFILE_KEYS = ("old", "new")
REMOVED = "removed: it names a retired learner"

# The columns of the LMS's tables that hold a user's id, and those that describe the user in words.
USER_ID_COLUMNS = ("user_id", "student_id", "learner_id", "author_id")
PERSONAL_COLUMNS = frozenset(
    ("name", "email", "mailing_address", "goals", "city", "location", "first_name", "last_name", "bio", "phone_number")
)
LMS_TEXTS = frozenset(("goals", "mailing_address", "city", "location"))

Row = dict[str, Any]


def replaced_event(replacer: Replacer, row: Row) -> Row | None:
    """Return an event without retired learners, or None if it names none."""
    retired = replacer.retired
    username = row["username"] and retired.username(row["username"])
    user_id = row["user_id"] and retired.user_id(row["user_id"])
    own = bool(username or user_id)
    named = [
        column
        for column in (*PATH_COLUMNS, *JSON_COLUMNS)
        if (text := row[column]) and (own or replacer.concerns(text))
    ]
    if not own and not named:
        return None
    new = row | {"username": username or row["username"], "user_id": user_id or row["user_id"]}
    if own and row["ip"]:
        new["ip"] = shortened_addresses(row["ip"])
    for column in named:
        if column in JSON_COLUMNS:
            new[column] = replaced_json(replacer, row, column, own)
        elif "/" in row[column]:
            new[column] = replacer.text(row[column])
    return None if new == row else new


def replaced_json(replacer: Replacer, row: Row, column: str, own: bool) -> str:
    content = orjson.loads(row[column])
    if own and column == "payload" and row["event_type"].startswith(PROFILE_EVENTS):
        content |= {key: None for key in PROFILE_KEYS if key in content}
    return orjson.dumps(replacer.value(content, own=own)).decode()


@lru_cache(maxsize=1)
def kept_replacer(version: RetiredVersion) -> Replacer:
    """Return a replacer that remembers, from one block of lines to the next, which tokens are of nobody retired."""
    retired = read_retired(version.state)
    assert retired is not None
    return Replacer(retired)


def row_maker(retired: RetiredVersion | None) -> Callable[[bytes], tuple[str, str, bytes]]:
    """Return ``make_row``, or if learners are retired a function that makes the same rows without them."""
    if retired is None:
        return make_row
    replacer = kept_replacer(retired)

    def make_replaced_row(line: bytes) -> tuple[str, str, bytes]:
        kind, day, text = make_row(line)
        if not replacer.may_name(text[BEFORE_NAMES:]):
            return kind, day, text
        values = (None if value == NULL else value for value in text[:-1].decode().split(SEPARATOR))
        new = replaced_event(replacer, dict(zip(COLUMNS, values, strict=True)))
        if new is not None:
            text = SEPARATOR.join(NULL if value is None else value for value in new.values()).encode() + b"\n"
        return kind, day, text

    return make_replaced_row


def rejected_maker(retired: RetiredVersion | None) -> Callable[[Row], Row]:
    """Return a function that removes retired learners from a rejected line."""
    if retired is None:
        return lambda rejected: rejected
    replacer = kept_replacer(retired)
    return lambda rejected: replaced_rejected(replacer, rejected)


def replaced_rejected(replacer: Replacer, rejected: Row) -> Row:
    """Return a rejected line, whose text goes as a whole if it names a retired learner."""
    if not any(replacer.concerns(rejected[key]) for key in ("text", "reason")):
        return rejected
    return rejected | {"text": REMOVED, "reason": rejected["reason"].partition(":")[0]}


def replaced_lms_row(replacer: Replacer, table: str, row: Row) -> Row | None:
    """Return a row of a table of the LMS without retired learners, or None if it names none."""
    retired = replacer.retired
    id_columns = ("id",) if table == "auth_user" else USER_ID_COLUMNS
    new = dict(row)
    for column in id_columns:
        if row.get(column) is not None and (number := retired.user_id(str(row[column]))):
            new[column] = int(number)
    if row.get("username") and (pseudonym := retired.username(row["username"])):
        new["username"] = pseudonym
    if new != row:
        return new | {column: None for column in PERSONAL_COLUMNS & row.keys() if row[column] is not None}
    for column in LMS_TEXTS & row.keys() if table == "auth_userprofile" else ():
        if row[column] and replacer.concerns(row[column]):
            new[column] = replacer.text(row[column])
    return None if new == row else new


def lms_row_replacer(
    retired: RetiredVersion | None, table: str, columns: Mapping[str, str]
) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Return a function that replaces retired learners in rows of these columns."""
    if retired is None:
        return lambda row: row
    replacer = kept_replacer(retired)

    def replaced(row: Sequence[Any]) -> Sequence[Any]:
        new = replaced_lms_row(replacer, table, dict(zip(columns, row, strict=True)))
        return row if new is None else list(new.values())

    return replaced
