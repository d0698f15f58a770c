"""The learners who are active in each week of the course."""

from datetime import date
from math import exp
from typing import NamedTuple

from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.learners import Learner


class LearnerWeek(NamedTuple):
    """A learner's week with some activity. ``days`` are those on which the learner was enrolled."""

    learner: Learner
    days: list[date]
    attempted_problem: bool
    played_video: bool
    posted_forum: bool


def active_weeks(course: FakeCourse, learners: list[Learner]) -> list[list[LearnerWeek]]:
    """Return the active learners of each week. Most learners grow tired of the course, some never do."""
    chance = course.chance("activity")
    weeks: list[list[LearnerWeek]] = [[] for _ in course.weeks]
    for learner in learners:
        diligence = learner.diligence
        first_week = (learner.enrollment_date - course.start).days // 7
        for number in range(first_week, course.num_weeks):
            fading = exp(-(number - first_week) * 0.45 * (1 - diligence))
            if chance.random() > 0.02 + 0.06 * diligence + 0.85 * fading * (0.35 + 0.65 * diligence):
                continue
            days = [day for day in course.days[7 * number : 7 * number + 7] if learner.enrolled_on(day)]
            if days:
                # Attempted a problem, played a video, posted in the forum.
                shares = (0.3 + 0.5 * diligence, 0.55 + 0.3 * diligence, 0.03 + 0.2 * diligence)
                weeks[number].append(LearnerWeek(learner, days, *(chance.random() < share for share in shares)))
    return weeks
