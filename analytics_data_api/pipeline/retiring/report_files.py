"""Replaces a retired learner in the report files of courses."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from django.conf import settings

from analytics_data_api.course_keys import is_course_id
from analytics_data_api.pipeline.report_storage import replace_report, reports_storage
from analytics_data_api.pipeline.retiring.identity import RetiredLearner
from analytics_data_api.pipeline.retiring.texts import USER_KEY, Replacer
from analytics_data_api.v0.queries import reports


def report_names(courses: Iterable[str]) -> list[str]:
    """Return the names that the report files of courses have."""
    names = settings.ENABLED_REPORT_IDENTIFIERS
    return sorted({reports.file_name(one, name) for one in courses if is_course_id(one) for name in names})


def replace_in_reports(learner: RetiredLearner, replacer: Replacer, work: Path) -> tuple[list[str], list[str]]:
    """Replace a learner in the reports of the learner's courses. Return the files that changed, and those that failed."""
    changed, failed = [], []
    for name in report_names(learner.courses):
        whole = work / "report.csv"
        try:
            storage = reports_storage()
            if storage.exists(name) and rewritten(storage.open(name), whole, learner, replacer):
                replace_report(name, whole)
                changed.append(name)
        except Exception:  # a storage of any kind may raise any exception
            failed.append(name)
    return changed, failed


def rewritten(file: IO[bytes], whole: Path, learner: RetiredLearner, replacer: Replacer) -> bool:
    """Copy a report without the learner. Return false if it does not name the learner."""
    is_changed = False
    with (
        file,
        io.TextIOWrapper(file, encoding="utf-8", newline="") as lines,
        whole.open("w", encoding="utf-8", newline="") as output,
    ):
        writer = csv.writer(output)
        header: list[str] = []
        for row in csv.reader(lines):
            new = list(replaced_cells(row, header, learner, replacer)) if header else row
            header = header or row
            is_changed = is_changed or new != row
            writer.writerow(new)
    return is_changed


def replaced_cells(row: list[str], header: list[str], learner: RetiredLearner, replacer: Replacer) -> Iterator[str]:
    """Yield the cells of a line. Ids count only in columns of users, since numbers may mean anything."""
    for place, cell in enumerate(row):
        is_of_users = place < len(header) and USER_KEY.search(header[place])
        replaced = learner.usernames.get(cell) or (is_of_users and learner.user_ids.get(cell))
        yield replaced or replacer.text(cell, usernames=False)
