"""The tables of the invented learners' LMS, in a SQLite file."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from analytics_data_api.simulation.actions import Actions
from analytics_data_api.simulation.course import FakeCourse, midnight
from analytics_data_api.simulation.learners import EDUCATION_CODES, Learner
from analytics_data_api.simulation.log_events import STAFF_ID, STAFF_NAME
from analytics_data_api.simulation.problems import first_and_last_attempts
from analytics_data_api.simulation.summaries import catalog_entry

# As the LMS declares them, but for columns that nothing here reads.
LMS_SCHEMA = {
    "auth_user": (
        "id integer PRIMARY KEY, username varchar(150), email varchar(254), is_staff bool, date_joined datetime, "
        "is_active bool"
    ),
    "auth_userprofile": (
        "id integer PRIMARY KEY, user_id integer, name varchar(255), language varchar(255), location varchar(255), "
        "year_of_birth integer, level_of_education varchar(6), gender varchar(6), mailing_address text, city text, "
        "country varchar(2), goals text"
    ),
    "student_courseenrollment": (
        "id integer PRIMARY KEY, user_id integer, course_id varchar(255), created datetime, is_active bool, "
        "mode varchar(100)"
    ),
    "courseware_studentmodule": (
        "id integer PRIMARY KEY, module_type varchar(32), module_id varchar(255), student_id integer, state text, "
        "grade real, created datetime, modified datetime, max_grade real, done varchar(8), course_id varchar(255)"
    ),
    "grades_persistentcoursegrade": (
        "id integer PRIMARY KEY, user_id integer, course_id varchar(255), percent_grade real, letter_grade varchar(255), "
        "passed_timestamp datetime, modified datetime"
    ),
    "course_groups_courseusergroup": (
        "id integer PRIMARY KEY, name varchar(255), course_id varchar(255), group_type varchar(20)"
    ),
    "course_groups_courseusergroup_users": "id integer PRIMARY KEY, courseusergroup_id integer, user_id integer",
    "course_overviews_courseoverview": (
        "id varchar(255) PRIMARY KEY, org text, display_name text, display_number_with_default text, start datetime, "
        "end datetime, self_paced bool, enrollment_start datetime, enrollment_end datetime, created datetime"
    ),
    "student_courseenrollment_history": (
        "history_id char(32) PRIMARY KEY, id integer, user_id integer, course_id varchar(255), created datetime, "
        "is_active bool, mode varchar(100), history_date datetime, history_type varchar(1)"
    ),
    "student_courseaccessrole": (
        "id integer PRIMARY KEY, user_id integer, org varchar(64), course_id varchar(255), role varchar(64)"
    ),
    "course_modes_coursemode": (
        "id integer PRIMARY KEY, course_id varchar(255), mode_slug varchar(100), mode_display_name varchar(255)"
    ),
    "completion_blockcompletion": (
        "id integer PRIMARY KEY, user_id integer, course_key varchar(255), block_key varchar(255), "
        "block_type varchar(64), completion real, created datetime, modified datetime"
    ),
}
MODE_NAMES = {
    "audit": "Audit",
    "credit": "Credit",
    "honor": "Honor Code",
    "masters": "Master's",
    "professional": "Professional",
    "verified": "Verified Certificate",
}


def write_lms_data(course: FakeCourse, learners: list[Learner], actions: Actions, file: Path) -> None:
    """Write the tables into a new SQLite file."""
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as connection, connection:
        for table, columns in LMS_SCHEMA.items():
            connection.execute(f"CREATE TABLE {table} ({columns})")
        for table, rows in lms_rows(course, learners, actions).items():
            marks = ", ".join("?" * LMS_SCHEMA[table].count(",") + "?")
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def moment(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S.%f")


def numbered(rows: Iterable[tuple]) -> list[tuple]:
    """Return the rows with an id in front."""
    return [(number, *row) for number, row in enumerate(rows, start=1)]


def lms_rows(course: FakeCourse, learners: list[Learner], actions: Actions) -> dict[str, list[tuple]]:
    last_day = course.days[-1]
    cohorts = sorted({learner.cohort for learner in learners if learner.cohort})
    groups = [*((name, course.course_id, "cohort") for name in cohorts), ("Beta testers", course.course_id, "other")]
    members = [(cohorts.index(learner.cohort) + 1, learner.user_id) for learner in learners if learner.cohort]
    # A learner in a group that is not a cohort.
    members.append((len(groups), learners[0].user_id))
    title = catalog_entry(course)
    overview = (
        title["catalog_course_title"],
        course.key.course,
        moment(title["start_time"]),
        moment(title["end_time"]),
        0,
        None,
        None,
        moment(title["start_time"]),
    )
    joined = moment(midnight(course.start) - timedelta(days=30))
    return {
        "auth_user": [
            (STAFF_ID, STAFF_NAME, "staff@example.com", 1, joined, 1),
            (STAFF_ID + 1, "visitor", "visitor@example.com", 0, joined, 1),
            *((learner.user_id, learner.username, learner.email, 0, joined, 1) for learner in learners),
        ],
        "auth_userprofile": numbered(map(profile_row, learners)),
        "student_courseenrollment": numbered(
            (
                learner.user_id,
                course.course_id,
                moment(midnight(learner.enrollment_date)),
                learner.enrolled_on(last_day),
                learner.enrollment_mode,
            )
            for learner in learners
        ),
        "courseware_studentmodule": numbered(student_modules(course, actions)),
        "grades_persistentcoursegrade": numbered(course_grades(course, learners)),
        "course_groups_courseusergroup": numbered(groups),
        "course_groups_courseusergroup_users": numbered(members),
        "course_overviews_courseoverview": [(course.course_id, course.key.org, *overview)],
        "student_courseenrollment_history": enrollment_history(course, learners),
        "student_courseaccessrole": [(1, STAFF_ID, course.key.org, course.course_id, "instructor")],
        "course_modes_coursemode": numbered((course.course_id, *mode) for mode in MODE_NAMES.items()),
        "completion_blockcompletion": numbered(completions(course, actions)),
    }


def enrollment_history(course: FakeCourse, learners: list[Learner]) -> list[tuple]:
    """Return a row for each change of an enrollment, under ids in no order, as the LMS has them."""
    rows = []
    for number, learner in enumerate(learners, start=1):
        created = midnight(learner.enrollment_date)
        changes = [(created, 1, learner.first_mode, "+")]
        if learner.upgrade_date:
            changes.append((midnight(learner.upgrade_date), 1, learner.enrollment_mode, "~"))
        if learner.unenrollment_date:
            changes.append((midnight(learner.unenrollment_date), 0, learner.enrollment_mode, "~"))
        for place, (time, is_active, mode, kind) in enumerate(changes):
            history_id = f"{(number * 4 + place) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128):032x}"
            enrollment = number, learner.user_id, course.course_id, moment(created), is_active, mode
            rows.append((history_id, *enrollment, moment(time), kind))
    return rows


def completions(course: FakeCourse, actions: Actions) -> Iterable[tuple]:
    """Yield a row for each problem that a learner tried and each video that one played."""
    done = {
        (course.problems[attempt.number].module_id, attempt.learner.user_id, "problem"): attempt.time
        for attempt in actions.attempts
    }
    done |= {
        (course.videos[viewing.number].module_id, viewing.learner.user_id, "video"): viewing.time
        for viewing in actions.viewings
    }
    for (block_key, user_id, kind), time in done.items():
        yield user_id, course.course_id, block_key, kind, 1.0, moment(time), moment(time)


def profile_row(learner: Learner) -> tuple:
    """Return the profile. The LMS has an empty text for many things that are not reported."""
    return (
        learner.user_id,
        learner.name,
        learner.language,
        "",
        learner.year_of_birth,
        EDUCATION_CODES[learner.level_of_education] or "",
        learner.gender or "",
        None,
        learner.city,
        learner.country,
        learner.goals,
    )


def student_modules(course: FakeCourse, actions: Actions) -> Iterable[tuple]:
    """Yield the state of each module for each learner who used it. Only problems have grades."""

    def row(
        kind: str, module_id: str, learner: Learner, time: datetime, grade: Any = None, maximum: Any = None
    ) -> tuple:
        state = json.dumps({"attempts": 1} if kind == "problem" else {})
        return (
            kind,
            module_id,
            learner.user_id,
            state,
            grade,
            moment(time),
            moment(time),
            maximum,
            "na",
            course.course_id,
        )

    for _first, last in first_and_last_attempts(actions):
        grade = float(sum(answer.correct for answer in last.answers))
        module_id = course.problems[last.number].module_id
        yield row("problem", module_id, last.learner, last.time, grade, float(len(last.answers)))
    for visit in {(visit.sequential, visit.learner.user_id): visit for visit in actions.visits}.values():
        yield row("sequential", visit.sequential.module_id, visit.learner, visit.time)
    for viewing in {(viewing.number, viewing.learner.user_id): viewing for viewing in actions.viewings}.values():
        yield row("video", course.videos[viewing.number].module_id, viewing.learner, viewing.time)


def course_grades(course: FakeCourse, learners: list[Learner]) -> Iterable[tuple]:
    """Yield the grades. A learner who passed once and has fallen behind has the time, but no letter."""
    now = midnight(course.days[-1]) + timedelta(hours=12)
    for learner in learners:
        has_passed = learner.passing or learner.user_id % 11 == 0
        letter = "Pass" if learner.passing else ""
        passed = moment(now) if has_passed else None
        yield learner.user_id, course.course_id, round(learner.skill, 2), letter, passed, moment(now)
