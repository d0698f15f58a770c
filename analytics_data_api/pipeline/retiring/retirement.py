"""The retirement of a learner, from the first file to the last table. It can be killed anywhere and run again."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from analytics_data_api.pipeline.computing import StoreBusy, held
from analytics_data_api.pipeline.retiring.hashes import Retired, new_or_read_retired, read_retired
from analytics_data_api.pipeline.retiring.identity import (
    JOURNAL,
    RetiredLearner,
    identified_learner,
    interrupted_retirement,
)
from analytics_data_api.pipeline.retiring.report_files import replace_in_reports
from analytics_data_api.pipeline.retiring.rosters import replace_in_rosters
from analytics_data_api.pipeline.retiring.stored_files import StoredFiles
from analytics_data_api.pipeline.retiring.tables import identities_in, replace_in_tables, same_database
from analytics_data_api.pipeline.retiring.texts import Replacer
from analytics_data_api.pipeline.store import EventStore, StoreError, exclusive

# Called with what is being done, and with the number of files when that is known.
Progressed = Callable[[str, int | None], object]


@dataclass
class RetirementSummary:
    """The numbers of rows, lines and files in which a learner was replaced, by place."""

    # True if the learner had been retired before, so that nothing was to do.
    is_done_before: bool = False
    pseudonyms: list[str] = field(default_factory=list)
    events: int = 0
    event_files: int = 0
    rejected_lines: int = 0
    lms: dict[str, int] = field(default_factory=dict)
    # True if a load of the LMS that was cut off has to begin anew.
    is_staging_removed: bool = False
    tables: dict[str, int] = field(default_factory=dict)
    rosters: int = 0
    reports: list[str] = field(default_factory=list)
    failed_reports: list[str] = field(default_factory=list)
    # True if the API has a user of this name, which stays.
    has_account: bool = False

    def as_json(self) -> dict[str, Any]:
        return vars(self)

    def lines(self) -> Iterator[str]:
        if self.is_done_before:
            yield "This learner is retired already. Nothing was changed."
            return
        yield f"Retired as {', '.join(self.pseudonyms)}."
        yield f"Events: {self.events:,} in {self.event_files:,} files. Rejected lines: {self.rejected_lines:,}."
        for table, rows in self.lms.items():
            yield f"LMS data, {table}: {rows:,}"
        if self.is_staging_removed:
            yield "A load of the LMS that was cut off was removed; the next one begins anew."
        for table, rows in self.tables.items():
            yield f"Table {table}: {rows:,}"
        yield f"Rosters: {self.rosters:,}. Report files: {len(self.reports):,}."
        if self.failed_reports:
            yield f"These report files may still name the learner, delete them: {', '.join(self.failed_reports)}."
        if self.has_account:
            yield "A user of this API has the name, too, and stays. If it is the same person, delete the user at /admin/."


def retire_learner(store: EventStore, username: str, progress: Progressed) -> RetirementSummary:
    """Replace a learner by a pseudonym everywhere. Raise StoreError if nothing knows the username."""
    databases = [settings.ANALYTICS_WRITE_DATABASE]
    # The database of version 0 may be a replica of the one that is written to.
    covered = (settings.ANALYTICS_WRITE_DATABASE, settings.ANALYTICS_DATABASE)
    if not any(same_database(alias, settings.ANALYTICS_DATABASE_V1) for alias in covered):
        databases.append(settings.ANALYTICS_DATABASE_V1)
    with all_held(store):
        interrupted = interrupted_retirement(store.state)
        if interrupted is not None:
            progress("finishing the retirement that was interrupted", None)
            summary = replace_everywhere(store, interrupted, databases, progress)
            if username in interrupted.usernames:
                return summary
        if is_retired(read_retired(store.state), username):
            return RetirementSummary(is_done_before=True)
        progress("looking for the learner", None)
        learner = identified_learner(store, username, identities_in(databases, username))
        if learner is None:
            raise StoreError(
                f"no event, LMS data or table has the username {username!r}: check its spelling, in which case counts"
            )
        return replace_everywhere(store, learner, databases, progress)


@contextmanager
def all_held(store: EventStore) -> Iterator[None]:
    """Hold the store and its data of the LMS. Raise StoreBusy if a load or a computation holds one of them."""
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusive(store.state / "lms_lock", "the LMS's data of this event store"))
        except StoreError as error:
            raise StoreBusy(str(error)) from error
        stack.enter_context(held(store))
        yield


def is_retired(retired: Retired | None, username: str) -> bool:
    """Return True if a username is a retired one, or the pseudonym of one."""
    return retired is not None and (retired.username(username) is not None or username in retired.usernames.values())


def replace_everywhere(
    store: EventStore, learner: RetiredLearner, databases: list[str], progress: Progressed
) -> RetirementSummary:
    """Replace a learner in every place. Loads know the learner before the first place changes."""
    learner.save(store.state)
    retired = new_or_read_retired(store.state)
    learner.add_to(retired)
    retired.write(store.state)
    summary = RetirementSummary(pseudonyms=list(learner.usernames.values()))
    replacer = Replacer(retired)
    with closing(StoredFiles(store, learner, replacer)) as files:
        replace_in_store(files, summary, progress)
        tables: Counter[str] = Counter()
        for using in databases:
            progress(f"tables of {using}", None)
            tables += replace_in_tables(using, learner, replacer)
            summary.rosters += replace_in_rosters(using, learner, replacer)
        summary.tables = dict(tables)
        progress("reports", None)
        summary.reports, summary.failed_reports = replace_in_reports(learner, replacer, files.work)
    users = get_user_model()._default_manager
    summary.has_account = users.filter(username__in=learner.usernames).exists()
    (store.state / JOURNAL).unlink()
    return summary


def replace_in_store(files: StoredFiles, summary: RetirementSummary, progress: Progressed) -> None:
    store = files.store
    # A killed computation and a load that was cut off may have left files behind.
    shutil.rmtree(store.state / "work", ignore_errors=True)
    staging = store.path / "lms" / "staging"
    summary.is_staging_removed = staging.exists()
    shutil.rmtree(staging, ignore_errors=True)
    events = [Path(path) for path in store.glob()]
    rejected = sorted(store.rejected.glob("*.jsonl"))
    tables = sorted((store.path / "lms").glob("*.parquet"))
    total = len(events) + len(rejected) + len(tables)
    for path in events:
        changed = files.replace_events(path)
        summary.events += changed
        summary.event_files += changed > 0
        progress("events", total)
    for path in rejected:
        summary.rejected_lines += files.replace_rejected(path)
        progress("rejected lines", total)
    for path in tables:
        if changed := files.replace_lms_table(path):
            summary.lms[path.stem] = changed
        progress(f"LMS data, {path.stem}", total)
