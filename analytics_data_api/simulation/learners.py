"""The invented learners of the course."""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp
from pathlib import Path
from random import Random
from typing import Any

from analytics_data_api.simulation.course import FakeCourse

# Names and cities of each language, and its number of speakers among a hundred learners. A name has a spelling for
# usernames, and a given name also has a gender.
NAMES = json.loads((Path(__file__).parent / "names.json").read_text(encoding="utf-8"))
USERNAMES = ("{given}_{family}", "{given}-{family}", "{given}{family}", "{family}{initial}")

MINIMUM_LEARNERS, MAXIMUM_LEARNERS = 720, 880

# The number of learners among a hundred. None means not reported.
MODES = {"audit": 56, "verified": 22, "honor": 9, "professional": 6, "credit": 4, "masters": 3}
EDUCATION_LEVELS: dict[str | None, int] = {
    **{"bachelors": 31, "masters": 23, "secondary": 13, "associates": 7, "doctorate": 4, "junior_secondary": 3},
    **{"primary": 1, "none": 1, "other": 2, None: 15},
}
# The LMS's codes for them.
EDUCATION_CODES: dict[str | None, str | None] = {
    **{"bachelors": "b", "masters": "m", "secondary": "hs", "associates": "a", "doctorate": "p"},
    **{"junior_secondary": "jhs", "primary": "el", "none": "none", "other": "other", None: None},
}
COHORTS = {"Cohort A": 46, "Cohort B": 41, None: 13}
GOALS: dict[str | None, int] = {
    **{"I want to change my profession.": 1, "To learn something new each day!": 1},
    **{"My employer asked me to take this course.": 1, None: 7},
}
UNREPORTED_GENDER, UNREPORTED_YEAR, UNKNOWN_COUNTRY, LEAVERS = 0.12, 0.14, 0.03, 0.1
# The share of learners in the verified mode who first looked at the course in the audit mode.
FIRST_MODE, UPGRADED_MODE, UPGRADERS = "audit", "verified", 0.6

# Learners enroll at the start of a working week rather than at its end; Monday first.
RHYTHM = (1.3, 1.25, 1.1, 1.0, 0.8, 0.7, 0.85)
PRE_REGISTERED = 0.2


@dataclass(frozen=True)
class Learner:
    """One person. The first group of fields has the names of a roster's columns.

    ``enrollment_mode`` is the last one, which a learner with an ``upgrade_date`` has from that day on.
    ``unenrollment_date`` is the first day without enrollment, or None if the learner is still enrolled. ``diligence``
    and ``skill`` say, from 0 to 1, how much a learner does and how well.
    """

    username: str
    user_id: int
    name: str
    email: str
    language: str
    year_of_birth: int | None
    level_of_education: str | None
    gender: str | None
    city: str | None
    country: str | None
    goals: str | None
    enrollment_mode: str
    enrollment_date: date
    cohort: str | None

    upgrade_date: date | None
    unenrollment_date: date | None
    diligence: float
    skill: float

    def enrolled_on(self, day: date) -> bool:
        return self.enrollment_date <= day and (self.unenrollment_date is None or day < self.unenrollment_date)

    def mode_on(self, day: date) -> str:
        return FIRST_MODE if self.upgrade_date and day < self.upgrade_date else self.enrollment_mode

    @property
    def first_mode(self) -> str:
        return FIRST_MODE if self.upgrade_date else self.enrollment_mode

    @property
    def passing(self) -> bool:
        return self.diligence > 0.3 and self.skill > 0.45


def invented_learners(course: FakeCourse) -> list[Learner]:
    """Return all who ever enrolled in the course, in the order of their enrollment."""
    chance = course.chance("learners")
    total = chance.randint(MINIMUM_LEARNERS, MAXIMUM_LEARNERS)
    usernames: set[str] = set()
    return [
        invented_learner(course, chance, number, enrollment_date, usernames)
        for number, enrollment_date in enumerate(sorted(enrollment_dates(course, chance, total)))
    ]


def enrollment_dates(course: FakeCourse, chance: Random, total: int) -> list[date]:
    """Return dates with a rush at the launch that ebbs away within the first third of the course, and a trickle after."""
    days = course.days
    weights = [RHYTHM[day.weekday()] * (0.12 + exp(-number / (len(days) / 5))) for number, day in enumerate(days)]
    weights[0] += PRE_REGISTERED / (1 - PRE_REGISTERED) * sum(weights)
    return chance.choices(days, weights, k=total)


def invented_learner(
    course: FakeCourse, chance: Random, number: int, enrollment_date: date, usernames: set[str]
) -> Learner:
    """Return the next learner and add the username to ``usernames``."""
    [names] = chance.choices(NAMES, [names["share"] for names in NAMES])
    given, given_latin, gender = chance.choice(names["given"].split()).split(":")
    family, family_latin = chance.choice(names["family"].split()).split(":")
    country, city = chance.choice(names["cities"].split()).split(":")
    username = base = chance.choice(USERNAMES).format(given=given_latin, family=family_latin, initial=given_latin[0])
    while username in usernames:
        username = f"{base}{chance.randint(2, 999)}"
    usernames.add(username)
    mailbox = username.replace("_", ".") + ("+courses" if chance.random() < 0.05 else "")
    leaves = enrollment_date + timedelta(days=1 + int(chance.expovariate(1 / 12)))
    age = min(16 + int(chance.gammavariate(2.6, 6.5)), 88)
    learner = Learner(
        username=username,
        user_id=1001 + number,
        name=names["pattern"].format(given=given, family=family),
        email=f"{mailbox}@example.{chance.choice(('com', 'net', 'org'))}",
        language=names["language"],
        year_of_birth=None if chance.random() < UNREPORTED_YEAR else course.start.year - age,
        level_of_education=drawn(chance, EDUCATION_LEVELS),
        gender=None if chance.random() < UNREPORTED_GENDER else gender,
        city=city,
        country=None if chance.random() < UNKNOWN_COUNTRY else country,
        goals=drawn(chance, GOALS),
        enrollment_mode=drawn(chance, MODES),
        enrollment_date=enrollment_date,
        cohort=drawn(chance, COHORTS),
        upgrade_date=None,
        unenrollment_date=leaves if chance.random() < LEAVERS and leaves < course.end else None,
        diligence=chance.betavariate(1.3, 2.2),
        skill=chance.betavariate(4, 2.5),
    )
    return replace(learner, upgrade_date=upgrade_date(course, learner))


def upgrade_date(course: FakeCourse, learner: Learner) -> date | None:
    """Return the day on which the learner moved to the verified mode; None if it was the first one or is not the last."""
    chance = course.chance(f"upgrade of {learner.username}")
    day = learner.enrollment_date + timedelta(days=1 + int(chance.expovariate(1 / 6)))
    upgrades = learner.enrollment_mode == UPGRADED_MODE and chance.random() < UPGRADERS
    return day if upgrades and day < (learner.unenrollment_date or course.end) else None


def drawn(chance: Random, weights: dict[Any, int]) -> Any:
    """Return one of the keys, each as likely as its value says."""
    return chance.choices(list(weights), list(weights.values()))[0]
