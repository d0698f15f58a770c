"""Replaces retired learners in the files of the event store. A file is replaced as a whole, or not at all."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import orjson

from analytics_data_api.pipeline.loading_parts import FORMAT
from analytics_data_api.pipeline.retiring.hashes import WORD
from analytics_data_api.pipeline.retiring.identity import RetiredLearner
from analytics_data_api.pipeline.retiring.rows import (
    CHANGED_COLUMNS,
    JSON_COLUMNS,
    LMS_TEXTS,
    PATH_COLUMNS,
    USER_ID_COLUMNS,
    Row,
    replaced_event,
    replaced_lms_row,
    replaced_rejected,
)
from analytics_data_api.pipeline.retiring.texts import Replacer
from analytics_data_api.pipeline.store import EventStore
from analytics_data_api.sql.parquet import identifier, text_literal, write_parquet

NUMBER = "file_row_number"
# So much may stand between the words of a name: %20, for one.
GAP = ".{1,12}"


class StoredFiles:
    """The files of a store, in which one learner is replaced. The store has to be locked."""

    def __init__(self, store: EventStore, learner: RetiredLearner, replacer: Replacer) -> None:
        self.store = store
        self.learner = learner
        self.replacer = replacer
        self.work = store.staging / f"retire-{os.getpid()}"
        self.work.mkdir(parents=True)
        self.sql = duckdb.connect(config={"memory_limit": "450MB", "temp_directory": str(self.work)})
        self.sql.execute("SET enable_progress_bar = false")

    def close(self) -> None:
        self.sql.close()
        shutil.rmtree(self.work, ignore_errors=True)

    def replace_events(self, path: Path) -> int:
        """Replace the learner in a file of events. Return the number of events that have changed."""
        where = " OR ".join(
            (
                is_among("username", self.learner.usernames),
                is_among("user_id", self.learner.user_ids),
                *(may_name(column, self.pattern) for column in (*PATH_COLUMNS, *JSON_COLUMNS)),
            )
        )
        return self.replace_rows(path, where, CHANGED_COLUMNS, lambda row: replaced_event(self.replacer, row))

    def replace_lms_table(self, path: Path) -> int:
        """Replace the learner in a table of the LMS. Return the number of rows that have changed."""
        table = path.stem
        described = self.sql.execute(f"DESCRIBE SELECT * FROM {text_literal(path)}").fetchall()
        columns = [row[0] for row in described]
        id_columns = {"id"} if table == "auth_user" else set(USER_ID_COLUMNS)
        texts = LMS_TEXTS if table == "auth_userprofile" else set()
        conditions = [
            *(
                is_among(f"CAST({identifier(name)} AS VARCHAR)", self.learner.user_ids)
                for name in columns
                if name in id_columns
            ),
            *(is_among("username", self.learner.usernames) for name in columns if name == "username"),
            *(may_name(name, self.pattern) for name in columns if name in texts),
        ]
        if not conditions:
            return 0
        return self.replace_rows(
            path, " OR ".join(conditions), columns, lambda row: replaced_lms_row(self.replacer, table, row)
        )

    @cached_property
    def pattern(self) -> str:
        """Return a regular expression that finds every text that may name the learner, and some others."""
        learner = self.learner
        texts = [*learner.usernames, *learner.emails]
        found = [
            *map(pattern_of, texts),
            *(pattern_of(quoted) for text in texts if (quoted := quote(text, safe="")) != text),
        ]
        for name in learner.names:
            words = WORD.findall(name)
            if len(words) > 1:
                found += [GAP.join(map(pattern_of, words)), GAP.join(pattern_of(quote(word)) for word in words)]
        found += [f"(^|[^0-9]){re.escape(user_id)}([^0-9]|$)" for user_id in learner.user_ids if user_id.isdigit()]
        return f"(?is)({'|'.join(found)})"

    def replace_rows(self, path: Path, where: str, columns: Any, change: Callable[[Row], Row | None]) -> int:
        """Change rows of a Parquet file, and put the new file in its place."""
        source = f"read_parquet({text_literal(path)}, hive_partitioning = false, {NUMBER} = true)"
        types = {
            name: kind
            for name, kind, *_rest in self.sql.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
            if name in {*columns, NUMBER}
        }
        rows = self.work / "rows.parquet"
        chosen = ", ".join(map(identifier, types))
        statement = f"SELECT {chosen} FROM {source} WHERE {where}"
        changed = write_parquet(rows, types, self.changed_rows(statement, list(types), change))
        if changed:
            replaced = ", ".join(
                f"CASE WHEN new.{NUMBER} IS NULL THEN old.{name} ELSE new.{name} END AS {name}"
                for name in map(identifier, types)
                if name != identifier(NUMBER)
            )
            whole = self.work / "whole.parquet"
            # As the file was written: by one thread, in the same order.
            self.sql.execute("SET threads = 1")
            self.sql.execute(
                f"COPY (SELECT old.* EXCLUDE ({NUMBER}) REPLACE ({replaced}) FROM {source} AS old "
                f"LEFT JOIN {text_literal(rows)} AS new ON new.{NUMBER} = old.{NUMBER} ORDER BY old.{NUMBER}) "
                f"TO {text_literal(whole)} {FORMAT}"
            )
            self.sql.execute("RESET threads")
            self.put(whole, path)
        rows.unlink()
        return changed

    def changed_rows(
        self, statement: str, names: list[str], change: Callable[[Row], Row | None]
    ) -> Iterator[list[Any]]:
        cursor = self.sql.cursor()
        cursor.execute(statement)
        while batch := cursor.fetchmany(1000):
            for values in batch:
                row = dict(zip(names, values, strict=True))
                if (new := change(row)) is not None:
                    yield [new[name] for name in names]
        cursor.close()

    def replace_rejected(self, path: Path) -> int:
        """Remove the texts of rejected lines that name the learner. Return their number."""
        changed = 0
        whole = self.work / "rejected.jsonl"
        with path.open("rb") as lines, whole.open("wb") as output:
            for line in lines:
                rejected = orjson.loads(line)
                new = replaced_rejected(self.replacer, rejected)
                changed += new != rejected
                output.write(orjson.dumps(new, option=orjson.OPT_APPEND_NEWLINE))
        if changed:
            self.put(whole, path)
        return changed

    def put(self, whole: Path, path: Path) -> None:
        """Put a file into the place of another by a commit of the store. If this run dies, the next command finishes it."""
        with whole.open("rb") as file:
            os.fsync(file.fileno())
        ledger, target = self.store.ledger, str(path.relative_to(self.store.path))
        with ledger.transaction():
            ledger.record_plan([(str(whole.relative_to(self.store.path)), target)])
            ledger.record_size(target, whole.stat().st_size)
        self.store.apply_plan()


def is_among(column: str, texts: Any) -> str:
    return f"{column} IN ({', '.join(map(text_literal, texts))})" if texts else "FALSE"


def may_name(column: str, pattern: str) -> str:
    return f"regexp_matches({identifier(column)}, {text_literal(pattern)})"


def pattern_of(text: str) -> str:
    """Return a regular expression for a text, for the engine of DuckDB."""
    return "".join(char if char.isalnum() else rf"\x{{{ord(char):x}}}" for char in text)
