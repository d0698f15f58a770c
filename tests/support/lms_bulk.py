"""A large site for a stub LMS, for benchmarks."""

from tests.support.lms_site import Site

MEMBERS, SECTIONS, UNITS = 20, 5, 10
MODES = ("audit", "verified", "honor")
TIME = "2026-01-{:02}T08:15:30.123456Z"


def bulk_site(courses, enrollments):
    """Return a site of so many courses and enrollments; a learner is in two courses."""
    site = Site()
    per_course = max(1, enrollments // courses)
    learners = max(1, enrollments // 2)
    for number in range(learners):
        name = bulk_username(number)
        site.accounts[name] = {
            "id": number + 1,
            "username": name,
            "email": f"{name}@example.com",
            "name": f"Learner Number {number}",
            "date_joined": TIME.format(1),
            "is_active": True,
            "gender": ("f", "m", "o", None)[number % 4],
            "year_of_birth": 1950 + number % 60,
            "level_of_education": ("b", "m", "hs", None)[number % 4],
            "country": ("FR", "IN", "US")[number % 3],
            "goals": "To learn something new",
            "mailing_address": None,
            "bio": None,
            "language_proficiencies": [],
            "profile_image": {"has_image": False, "image_url_full": "https://lms.example.com/static/default_500.png"},
        }
    for number in range(courses):
        course_id = f"course-v1:Org{number % 20}+C{number}+2026"
        names = [bulk_username((number * per_course + place) % learners) for place in range(per_course)]
        site.courses[course_id] = {
            "id": course_id,
            "course_id": course_id,
            "name": f"Course {number}",
            "org": f"Org{number % 20}",
            "number": f"C{number}",
            "start": TIME.format(1),
            "end": None,
            "pacing": "instructor",
            "short_description": "A course of a benchmark, described at some length. " * 5,
        }
        site.enrollments[course_id] = [
            {
                "created": TIME.format(place % 28 + 1),
                "mode": MODES[place % 3],
                "is_active": place % 10 > 0,
                "user": name,
                "course_id": course_id,
            }
            for place, name in enumerate(names)
        ]
        site.cohorts[course_id] = {number: {"id": number, "name": "Default Group", "user_count": per_course}}
        site.members[number] = [{"username": name, "email": "", "name": ""} for name in names[:MEMBERS]]
        site.modes[course_id] = [
            {"course_id": course_id, "mode_slug": mode, "mode_display_name": mode} for mode in MODES
        ]
        site.blocks[course_id] = bulk_blocks(course_id.removeprefix("course-v1:"))
    return site


def bulk_username(number):
    return f"learner_{number:07}"


def bulk_blocks(run):
    blocks = {}

    def add(kind, name, children=()):
        block_id = f"block-v1:{run}+type@{kind}+block@{name:0>32}"
        view = {"student_view_data": {"duration": 61.5, "transcripts": {}}} if kind == "video" else {}
        fields = {"graded": True, "format": "Homework", "due": None, "children": list(children), **view}
        blocks[block_id] = {"id": block_id, "type": kind, "display_name": f"{kind} {name}", **fields}
        return block_id

    sections = []
    for section in range(SECTIONS):
        units = []
        for unit in range(UNITS):
            place = f"{section}{unit}"
            units.append(add("vertical", place, [add("video", place), add("problem", place)]))
        sections.append(add("chapter", section, [add("sequential", section, units)]))
    return {"root": add("course", "course", sections), "blocks": blocks}
