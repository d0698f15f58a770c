"""The stub LMS of the invented course."""

import sqlite3
from contextlib import closing

from analytics_data_api.simulation.lms_data import MODE_NAMES
from analytics_data_api.simulation.outline import outline
from analytics_data_api.simulation.summaries import catalog_entry, programs
from analytics_data_api.simulation.tables import learners_and_actions
from tests.support.lms_site import Site

VIDEO_FIELDS = ("duration", "transcripts", "encoded_videos")


def wire_time(text):
    """Return a time of the database as the API writes it."""
    return text and f"{text.replace(' ', 'T').partition('.')[0]}.{text.partition('.')[2] or '0':0<6}Z"


def invented_site(course, file):
    """Return the site of an invented course, whose LMS data ``write_site`` has written to a SQLite file."""
    site = Site()
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row

        def rows(statement):
            return map(dict, connection.execute(statement))

        users = {user["id"]: user for user in rows("SELECT * FROM auth_user")}
        profiles = {profile["user_id"]: profile for profile in rows("SELECT * FROM auth_userprofile")}
        for user_id, user in users.items():
            site.accounts[user["username"]] = account_of(user, profiles.get(user_id, {}))
        for row in rows('SELECT *, "end" AS ends FROM course_overviews_courseoverview'):
            site.courses[row["id"]] = course_of(row)
        site.enrollments = {course_id: [] for course_id in site.courses}
        for row in rows("SELECT * FROM student_courseenrollment ORDER BY id"):
            site.enrollments[row["course_id"]].append(
                {
                    "created": wire_time(row["created"]),
                    "mode": row["mode"],
                    "is_active": bool(row["is_active"]),
                    "user": users[row["user_id"]]["username"],
                    "course_id": row["course_id"],
                }
            )
        site.cohorts = {course_id: {} for course_id in site.courses}
        for row in rows("SELECT * FROM course_groups_courseusergroup WHERE group_type = 'cohort'"):
            cohort = {"id": row["id"], "name": row["name"], "assignment_type": "random", "group_id": None}
            site.cohorts[row["course_id"]][row["id"]] = cohort
        for row in rows("SELECT * FROM course_groups_courseusergroup_users ORDER BY id"):
            name = users[row["user_id"]]["username"]
            site.members.setdefault(row["courseusergroup_id"], []).append({"username": name, "email": "", "name": ""})
        # The API tells the grades of those who are enrolled.
        site.grades = {course_id: [] for course_id in site.courses}
        for row in rows(
            "SELECT grades.* FROM grades_persistentcoursegrade AS grades JOIN student_courseenrollment AS enrollment"
            " USING (user_id, course_id) WHERE enrollment.is_active ORDER BY grades.id"
        ):
            site.grades[row["course_id"]].append(
                {
                    "username": users[row["user_id"]]["username"],
                    "email": "",
                    "course_id": row["course_id"],
                    "passed": bool(row["letter_grade"]),
                    "percent": row["percent_grade"],
                    "letter_grade": row["letter_grade"] or None,
                }
            )
        site.submissions = {course_id: [] for course_id in site.courses}
        learners = {}
        for row in rows("SELECT * FROM courseware_studentmodule WHERE module_type = 'problem' ORDER BY id"):
            key = row["course_id"], users[row["student_id"]]["username"]
            if key not in learners:
                learners[key] = {"course_id": key[0], "course_name": "", "user": key[1], "problems": []}
                site.submissions[key[0]].append(learners[key])
            # Once without a point, and then as it is now, which is told first.
            history = [{"state": {}, "grade": grade, "max_grade": row["max_grade"]} for grade in (row["grade"], 0.0)]
            problem = {"location": row["module_id"], "name": "", "submission_history": history, "data": ""}
            learners[key]["problems"].append(problem)
        for row in rows("SELECT * FROM student_courseaccessrole"):
            # Who is instructor is staff, too.
            for role in {"staff", row["role"]}:
                site.roles.setdefault((users[row["user_id"]]["username"], role), []).append(row["course_id"])
    site.modes = {
        course_id: [
            {"course_id": course_id, "mode_slug": slug, "mode_display_name": name, "min_price": 0, "currency": "usd"}
            for slug, name in MODE_NAMES.items()
        ]
        for course_id in site.courses
    }
    site.blocks[course.course_id] = blocks_of(course)
    site.runs = [run_of(course)]
    return site


def account_of(user, profile):
    """Return an account as staff see it."""
    names = ("name", "year_of_birth", "level_of_education", "country", "goals", "mailing_address")
    # The database has an empty text for what is not reported, and accounts have null.
    fields = {name: profile.get(name) or None for name in (*names, "gender")}
    return {
        "id": user["id"],
        "username": user["username"],
        "email": user["email"],
        "date_joined": wire_time(user["date_joined"]),
        "is_active": bool(user["is_active"]),
        **fields,
        "name": profile.get("name") or "",
        "bio": None,
        "language_proficiencies": [],
    }


def course_of(row):
    return {
        "id": row["id"],
        "course_id": row["id"],
        "name": row["display_name"],
        "org": row["org"],
        "number": row["display_number_with_default"],
        "start": wire_time(row["start"]),
        "end": wire_time(row["ends"]),
        "enrollment_start": wire_time(row["enrollment_start"]),
        "enrollment_end": wire_time(row["enrollment_end"]),
        "pacing": "self" if row["self_paced"] else "instructor",
        "hidden": False,
        "mobile_available": False,
    }


def blocks_of(course):
    blocks, root = {}, None
    for block in outline(course, learners_and_actions(course)[1]):
        fields = dict(block.fields)
        view = {name: fields.pop(name) for name in VIDEO_FIELDS if name in fields}
        root = block.block_id
        blocks[root] = {
            "id": root,
            "type": block.type,
            "display_name": block.display_name,
            "graded": False,
            "due": None,
            **fields,
            **({"children": list(block.children)} if block.children else {}),
            **({"student_view_data": view} if view else {}),
        }
    return {"root": root, "blocks": blocks}


def run_of(course):
    """Return the course as the catalog service lists it."""
    entry = catalog_entry(course)
    return {
        "key": course.course_id,
        "course": entry["catalog_course"],
        "title": f" {entry['catalog_course_title'].replace(' ', '  ')}\n",
        "start": entry["start_time"].isoformat().replace("+00:00", "Z"),
        "end": entry["end_time"].isoformat().replace("+00:00", "Z"),
        "pacing_type": entry["pacing_type"],
        "availability": entry["availability"],
        "programs": [
            {"uuid": program["program_id"], "type": program["program_type"], "title": program["program_title"]}
            for program in programs(course)
        ],
    }
