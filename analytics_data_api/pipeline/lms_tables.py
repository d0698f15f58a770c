"""The tables of the LMS that the statements read, with the columns that they use: `lms/<table>.parquet` in the event store.

Names are those of the LMS's own database, where it has the table.
"""

from collections.abc import Mapping

LMS_TABLES: Mapping[str, Mapping[str, str]] = {
    "auth_user": {
        "id": "BIGINT",
        "username": "VARCHAR",
        "email": "VARCHAR",
        "date_joined": "TIMESTAMP",
        "is_active": "BOOLEAN",
    },
    "auth_userprofile": {
        "user_id": "BIGINT",
        "name": "VARCHAR",
        "language": "VARCHAR",
        "location": "VARCHAR",
        "year_of_birth": "INTEGER",
        "level_of_education": "VARCHAR",
        "gender": "VARCHAR",
        "mailing_address": "VARCHAR",
        "city": "VARCHAR",
        "country": "VARCHAR",
        "goals": "VARCHAR",
    },
    "student_courseenrollment": {
        "user_id": "BIGINT",
        "course_id": "VARCHAR",
        "created": "TIMESTAMP",
        "is_active": "BOOLEAN",
        "mode": "VARCHAR",
    },
    "courseware_studentmodule": {
        "course_id": "VARCHAR",
        "module_id": "VARCHAR",
        "module_type": "VARCHAR",
        "student_id": "BIGINT",
        "grade": "DOUBLE",
        "max_grade": "DOUBLE",
        "created": "TIMESTAMP",
        "modified": "TIMESTAMP",
    },
    "grades_persistentcoursegrade": {
        "user_id": "BIGINT",
        "course_id": "VARCHAR",
        "letter_grade": "VARCHAR",
        "percent_grade": "DOUBLE",
        "passed_timestamp": "TIMESTAMP",
        "modified": "TIMESTAMP",
        # Only the REST API has it, which tells none of the two times.
        "passed": "BOOLEAN",
    },
    "course_groups_courseusergroup": {
        "id": "BIGINT",
        "name": "VARCHAR",
        "course_id": "VARCHAR",
        "group_type": "VARCHAR",
    },
    "course_groups_courseusergroup_users": {"courseusergroup_id": "BIGINT", "user_id": "BIGINT"},
    "course_overviews_courseoverview": {
        "id": "VARCHAR",
        "org": "VARCHAR",
        "display_name": "VARCHAR",
        "display_number_with_default": "VARCHAR",
        "start": "TIMESTAMP",
        "end": "TIMESTAMP",
        "self_paced": "BOOLEAN",
        "enrollment_start": "TIMESTAMP",
        "enrollment_end": "TIMESTAMP",
        "created": "TIMESTAMP",
    },
    # One row per change of an enrollment. Older releases have no such table.
    "student_courseenrollment_history": {
        "user_id": "BIGINT",
        "course_id": "VARCHAR",
        "created": "TIMESTAMP",
        "is_active": "BOOLEAN",
        "mode": "VARCHAR",
        "history_date": "TIMESTAMP",
        "history_type": "VARCHAR",
    },
    "student_courseaccessrole": {
        "user_id": "BIGINT",
        "org": "VARCHAR",
        "course_id": "VARCHAR",
        "role": "VARCHAR",
    },
    "course_modes_coursemode": {
        "course_id": "VARCHAR",
        "mode_slug": "VARCHAR",
        "mode_display_name": "VARCHAR",
    },
    "completion_blockcompletion": {
        "user_id": "BIGINT",
        "context_key": "VARCHAR",
        "block_key": "VARCHAR",
        "block_type": "VARCHAR",
        "completion": "DOUBLE",
        "created": "TIMESTAMP",
        "modified": "TIMESTAMP",
    },
    # The structure of courses, which only the LMS's REST API tells: one row per block. position counts the blocks of a
    # course from 0 in the order of its outline; parent_id is null for the course itself.
    "course_blocks": {
        "course_id": "VARCHAR",
        "block_id": "VARCHAR",
        "type": "VARCHAR",
        "display_name": "VARCHAR",
        "parent_id": "VARCHAR",
        "position": "INTEGER",
        "graded": "BOOLEAN",
        "format": "VARCHAR",
        "due": "TIMESTAMP",
        "duration": "DOUBLE",
    },
    # The catalog service's course runs and their programs.
    "catalog_course_runs": {
        "key": "VARCHAR",
        "course": "VARCHAR",
        "title": "VARCHAR",
        "start": "TIMESTAMP",
        "end": "TIMESTAMP",
        "pacing_type": "VARCHAR",
        "availability": "VARCHAR",
    },
    "catalog_programs": {
        "course_id": "VARCHAR",
        "program_id": "VARCHAR",
        "program_type": "VARCHAR",
        "program_title": "VARCHAR",
    },
}

# Columns without which a table of the LMS is as good as missing.
ESSENTIAL: Mapping[str, tuple[str, ...]] = {
    "auth_user": ("id", "username"),
    "auth_userprofile": ("user_id",),
    "student_courseenrollment": ("user_id", "course_id", "is_active"),
    "courseware_studentmodule": ("course_id", "module_id"),
    "grades_persistentcoursegrade": ("user_id", "course_id", "letter_grade", "passed_timestamp"),
    "course_groups_courseusergroup": ("id", "name", "course_id", "group_type"),
    "course_groups_courseusergroup_users": ("courseusergroup_id", "user_id"),
    "student_courseenrollment_history": ("user_id", "course_id", "is_active", "mode", "history_date"),
}

# The key by which a table of the LMS's database is read in batches, where it is not `id`.
LMS_KEYS: Mapping[str, str] = {"student_courseenrollment_history": "history_id"}

# Tables that the LMS's database does not have.
NOT_IN_DATABASE = frozenset(("course_blocks", "catalog_course_runs", "catalog_programs"))

# Columns that only the API has.
NOT_IN_DATABASE_COLUMNS: Mapping[str, frozenset[str]] = {"grades_persistentcoursegrade": frozenset(("passed",))}

# Columns that have another name in the LMS's database.
DATABASE_NAMES: Mapping[str, Mapping[str, str]] = {"completion_blockcompletion": {"context_key": "course_key"}}
