"""Rows for the attack: courses that share the ids of their problems, videos and learners, and hostile texts."""

from tests.attack.request import OPEN, OPEN_COURSE, SECRET
from tests.attack.texts import FORMULAS, MARKUP, STORABLE, TEXTS
from tests.support import factories, rosters


def insert_hostile_rows(using, *, more=0):
    """Insert the rows into a database. Each count is larger by ``more``, so that a response shows its database."""
    for number, course_id in enumerate((*OPEN, *SECRET)):
        insert_attacked_course(using, course_id, 100 * (number + 1) + more)
    for number, text in enumerate(STORABLE):
        common = {"course_id": OPEN[number % 2], "module_id": "i4x://Shared/Course/problem/hostile", "using": using}
        factories.ProblemsAndTagsFactory(tag_name=text, tag_value=text, **common)
        factories.ProblemFirstLastResponseAnswerDistributionFactory(
            part_id=f"part-{number % 3}",
            value_id=None if number % 2 else text,
            last_response_count=number + more,
            **dict.fromkeys(("answer_value", "question_text", "problem_display_name"), text),
            **common,
        )


def insert_attacked_course(using, course_id, count):
    for model, counted, fields in TEXTS["rows"]:
        row = {name: f"{course_id}|own" if value == "{course_id}|own" else value for name, value in fields.items()}
        row |= ({} if model == "VideoTimeline" else {"course_id": course_id}) | ({counted: count} if counted else {})
        getattr(factories, f"{model}Factory")(using=using, **row)
    # A username cannot contain NUL.
    hostile = [text for text in STORABLE if "\x00" not in text]
    names = ("shared", *(hostile if course_id == OPEN_COURSE else ["=1+1"]))
    for username in names[:20]:
        factories.ModuleEngagementFactory(username=username, course_id=course_id, count=count, using=using)
    rosters.load_learners(course_id, [learner(count + number, name) for number, name in enumerate(names)], using=using)


def learner(number, username):
    return {
        "username": username,
        "user_id": number,
        "email": f"{username[:50]}@example.com",
        "cohort": FORMULAS[number % 7],
        "segments": ["highly_engaged", MARKUP[number % 3], FORMULAS[number % 5]] if number % 3 else [],
        "enrollment_mode": ("audit", "verified", FORMULAS[0])[number % 3],
        "country": "CA",
        "problems_attempted": number,
        "videos_viewed": number % 5,
    } | {field: STORABLE[number * step % len(STORABLE)] for field, step in (("name", 1), ("city", -1), ("goals", 7))}
