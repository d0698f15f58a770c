"""Everything that the learners do in the course: the tables count it, and the tracking logs tell it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from random import Random

from analytics_data_api.simulation.course import FakeCourse, Module, midnight
from analytics_data_api.simulation.courses import LearnerWeek
from analytics_data_api.simulation.learners import Learner
from analytics_data_api.simulation.questions import Answer, Problem, invented_problem

MAXIMUM_ATTEMPTS = 8
DISCUSSIONS = ("course", "introductions", "questions", "study_groups")
VARIANTS = (1, 2, 3)
# The shares of viewings that are paused once, of those with a jump back, and of those that a closed browser ends.
PAUSED, REWOUND, UNFINISHED = 0.3, 0.25, 0.03


@dataclass(frozen=True)
class Action:
    learner: Learner
    time: datetime


@dataclass(frozen=True)
class Visit(Action):
    """A page of a subsection was opened."""

    sequential: Module


@dataclass(frozen=True)
class Attempt(Action):
    """A problem was submitted, all of its parts at once. ``number`` is its place in the course."""

    number: int
    answers: tuple[Answer, ...]

    @property
    def is_correct(self) -> bool:
        return all(answer.correct for answer in self.answers)


@dataclass(frozen=True)
class Viewing(Action):
    """A video was played from ``start`` to ``end``, or nobody knows how far (None). ``number`` is its place in the course.

    ``shown`` is the position that the player showed at the start. It is out of date after a jump.
    """

    number: int
    start: float
    end: float | None
    shown: float
    jumps_to: float | None = None


@dataclass(frozen=True)
class Post(Action):
    topic: str


@dataclass
class Actions:
    """All actions. The attempts and the viewings of each learner are in the order of their times."""

    problems: list[Problem]
    durations: list[int]
    visits: list[Visit] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    viewings: list[Viewing] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    def all(self) -> list[Action]:
        return [*self.visits, *self.attempts, *self.viewings, *self.posts]


class LearnerClock:
    """A learner's time in a week: each action on a day is later than the one before."""

    def __init__(self, chance: Random, days: list[date]) -> None:
        self.chance = chance
        self.days = {day: midnight(day) + timedelta(seconds=chance.uniform(6 * 3600, 13 * 3600)) for day in days}

    def pass_time(self, day: date, seconds: float) -> datetime:
        """Return the present time, and let time pass."""
        now = self.days[day]
        self.days[day] = now + timedelta(seconds=seconds + self.chance.uniform(1, 20))
        return now


def invented_actions(course: FakeCourse, weeks: list[list[LearnerWeek]]) -> Actions:
    """Return all that the active learners of each week do."""
    chance = course.chance("actions")
    about_problems, about_videos = course.chance("answers"), course.chance("videos")
    actions = Actions(
        problems=[invented_problem(about_problems, number) for number in range(len(course.problems))],
        durations=[about_videos.randint(45, 720) for _video in course.videos],
    )
    solved: dict[str, set[int]] = {}
    variants: dict[tuple[str, int], int] = {}
    for number, learner_weeks in enumerate(weeks):
        progress = (number + 0.5) / course.num_weeks
        for week in learner_weeks:
            learner = week.learner
            total = min(len(week.days), chance.randint(1, 1 + int(5 * learner.diligence)))
            days = sorted(chance.sample(week.days, total))
            clock = LearnerClock(chance, days)
            for day in days:
                for sequential in some_near(course, chance, course.sequentials, progress, 3):
                    actions.visits.append(Visit(learner, clock.pass_time(day, 30), course.sequentials[sequential]))
            if week.attempted_problem:
                done = solved.setdefault(learner.username, set())
                for place in some_near(
                    course, chance, course.problems, progress, 2 + int(24 * learner.diligence), done
                ):
                    variant = variants.setdefault((learner.username, place), chance.choice(VARIANTS))
                    tries = list(work_on_problem(chance, clock, learner, place, actions.problems[place], variant))
                    actions.attempts += tries
                    if tries[-1].is_correct:
                        done.add(place)
            if week.played_video:
                for place in some_near(course, chance, course.videos, progress, 1 + int(10 * learner.diligence)):
                    day = chance.choice(days)
                    actions.viewings += watch(chance, clock, day, learner, place, actions.durations[place])
            if week.posted_forum:
                for topic in chance.sample(DISCUSSIONS, chance.randint(1, 2)):
                    day = chance.choice(days)
                    for _post in range(1 + int(chance.expovariate(0.8))):
                        actions.posts.append(Post(learner, clock.pass_time(day, 60), topic))
    return actions


def some_near(
    course: FakeCourse,
    chance: Random,
    modules: list[Module],
    progress: float,
    maximum: int,
    done: set[int] | frozenset[int] = frozenset(),
) -> list[int]:
    """Return the places of up to ``maximum`` modules around the place that the course has reached, or of one at least.

    Those that are done are left out, unless all of them are.
    """
    count = min(1 + int(chance.random() ** 1.5 * maximum), len(modules))
    reach = max(count, len(modules) // 4, ceil(len(modules) / course.num_weeks))
    start = min(max(round(progress * len(modules)) - reach // 2, 0), len(modules) - reach)
    places = range(start, start + reach)
    left = [place for place in places if place not in done] or list(places)
    return chance.sample(left, min(count, len(left)))


def work_on_problem(
    chance: Random, clock: LearnerClock, learner: Learner, place: int, problem: Problem, variant: int
) -> Iterator[Attempt]:
    """Yield attempts until the problem is solved or given up; now and then the last one is on a later day."""
    right = 0.3 * problem.ease + 0.7 * learner.skill
    outcomes = [chance.random() < right]
    while not outcomes[-1] and len(outcomes) < MAXIMUM_ATTEMPTS and chance.random() < 0.75:
        outcomes.append(chance.random() < right)
    first, last = sorted((chance.choice(list(clock.days)), chance.choice(list(clock.days))))
    for number, is_right in enumerate(outcomes, start=1):
        day = last if number == len(outcomes) else first
        answers = tuple(chosen_answers(chance, problem, variant, is_right))
        yield Attempt(learner, clock.pass_time(day, 25), place, answers)


def chosen_answers(chance: Random, problem: Problem, variant: int, is_right: bool) -> Iterator[Answer]:
    """Yield an answer to each part. At least one of them is wrong if the attempt is."""
    wrong = set() if is_right else {chance.randrange(len(problem.parts))}
    for number, part in enumerate(problem.parts):
        correct = is_right or (number not in wrong and chance.random() < 0.5)
        answers = [answer for answer in part if answer.variant in (None, variant) and answer.correct == correct]
        yield chance.choices(answers, [answer.weight for answer in answers])[0]


def watch(
    chance: Random, clock: LearnerClock, day: date, learner: Learner, place: int, duration: int
) -> Iterator[Viewing]:
    """Yield the viewings of one sitting: to the end or until the learner has had enough, with breaks in between."""

    def viewing(start: float, end: float | None, shown: float | None = None, jumps_to: float | None = None) -> Viewing:
        time = clock.pass_time(day, (duration if end is None else end) - start)
        return Viewing(learner, time, place, start, end, start if shown is None else shown, jumps_to)

    share = 1.0 if chance.random() < 0.55 else chance.betavariate(1.5, 2)
    end = round(max(duration * share - chance.uniform(0, 2), 3), 3)
    if chance.random() < UNFINISHED:
        yield viewing(0.0, None)
    elif chance.random() < REWOUND:
        middle = round(end * chance.uniform(0.4, 0.9), 3)
        back = round(middle * chance.uniform(0.1, 0.8), 3)
        yield viewing(0.0, middle, jumps_to=back)
        # The player shows the old position when it goes on.
        yield viewing(back, end, shown=middle)
    elif chance.random() < PAUSED:
        middle = round(end * chance.uniform(0.3, 0.7), 3)
        yield viewing(0.0, middle)
        yield viewing(middle, end)
    else:
        yield viewing(0.0, end)
