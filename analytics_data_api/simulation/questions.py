"""Questions of the course's problems, with the right and wrong answers that learners give."""

import json
from random import Random
from typing import NamedTuple

# The right answer comes first.
CAPITALS = {
    "Peru": ("Lima", "Cusco", "Quito"),
    "Kenya": ("Nairobi", "Mombasa", "Kampala"),
    "Canada": ("Ottawa", "Toronto", "Montréal"),
    "Australia": ("Canberra", "Sydney", "Melbourne"),
    "Turkey": ("Ankara", "İstanbul", "İzmir"),
    "Vietnam": ("Hanoi", "Huế", "Saigon"),
    "Morocco": ("Rabat", "Casablanca", "Fes"),
    "Brazil": ("Brasília", "Rio de Janeiro", "São Paulo"),
    "Switzerland": ("Bern", "Zürich", "Genève"),
    "Kazakhstan": ("Astana", "Almaty", "Shymkent"),
}
UNITS = {
    "seconds are there in an hour": ("3600", "60", "360"),
    "meters are there in 2.5 kilometers": ("2500", "250", "25000"),
    "grams are there in a metric ton": ("1000000", "1000", "100000"),
    "degrees does a right angle have": ("90", "180", "45"),
    "liters are there in a cubic meter": ("1000", "100", "10"),
}
PRIMES, COMPOSITES = (11, 13, 17, 19, 23), (15, 21, 27, 33)


class Answer(NamedTuple):
    """An answer to a part of a problem. ``weight`` says how often it is given, relative to the others."""

    value_id: str | None
    answer_value: str
    correct: bool
    weight: float
    question_text: str
    variant: int | None = None


# The answers to each part of a problem.
Parts = list[list[Answer]]


class Problem(NamedTuple):
    """A problem's name, its topics, the answers to each of its parts, and the share of attempts that are right."""

    display_name: str
    topics: list[str]
    parts: Parts
    ease: float

    @property
    def difficulty(self) -> str:
        return "Easy" if self.ease > 0.7 else "Medium" if self.ease > 0.6 else "Hard"


def invented_problem(chance: Random, number: int) -> Problem:
    """Return the course's problem with this number, counted from 0; the kinds take turns."""
    name, topic, make_parts = KINDS[number % len(KINDS)]
    topics = [topic, "Estimation"] if number % 5 == 0 else [topic]
    return Problem(f"{name} {number // len(KINDS) + 1}", topics, make_parts(chance), chance.uniform(0.5, 0.8))


def choices(chance: Random, question_text: str, texts: tuple[str, ...], variant: int | None = None) -> list[Answer]:
    """Return the answers to a single choice. The right one is given first, and its place on the page differs."""
    share = chance.uniform(0.55, 0.9)
    answers = []
    for number, text in enumerate(sorted(texts)):
        correct = text == texts[0]
        weight = share if correct else (1 - share) * chance.uniform(0.3, 1)
        answers.append(Answer(f"choice_{number}", text, correct, weight, question_text, variant))
    return answers


def capital_question(chance: Random) -> tuple[str, tuple[str, ...]]:
    country = chance.choice(list(CAPITALS))
    return f"What is the capital of {country}?", CAPITALS[country]


def capitals(chance: Random) -> Parts:
    return [choices(chance, *capital_question(chance))]


def marked_up_choices(chance: Random) -> Parts:
    """Return choices with the markup that courses have."""
    base = chance.randint(3, 9)
    values = (base**2, 2 * base + 1, base**2 + 1)
    texts = tuple(f"<span>{base}<sup>2</sup> = <b>{value}</b></span>" for value in values)
    return [choices(chance, f"Which of these is the square of {base}?", texts)]


def primes(chance: Random) -> Parts:
    """Return multiple choices. Only some of the right ones together are a wrong answer."""
    numbers = sorted([*chance.sample(PRIMES, 2), *chance.sample(COMPOSITES, 2)])
    right = [number for number in numbers if number in PRIMES]
    picks = [right, right[:1], right[1:], numbers, [number for number in numbers if number not in right]]
    answers = []
    for pick, weight in zip(picks, (0.66, 0.12, 0.1, 0.07, chance.uniform(0.02, 0.08)), strict=True):
        ids = json.dumps([f"choice_{numbers.index(number)}" for number in pick])
        question_text = "Which of these numbers are prime? Choose all of them."
        answers.append(Answer(ids, json.dumps([str(number) for number in pick]), pick == right, weight, question_text))
    return [answers]


def units(chance: Random) -> Parts:
    """Return two numbers to type in."""
    return [typed(chance, unit) for unit in chance.sample(list(UNITS), 2)]


def typed(chance: Random, unit: str) -> list[Answer]:
    right, near, far = UNITS[unit]
    texts = (right, f"{right}.0", near, far, "I don't know")
    weights = (chance.uniform(0.6, 0.8), 0.05, 0.12, 0.06, 0.02)
    return [
        Answer(None, text, number < 2, weight, f"How many {unit}?")
        for number, (text, weight) in enumerate(zip(texts, weights, strict=True))
    ]


def map_and_sums(chance: Random) -> Parts:
    """Return three parts of different kinds."""
    return [*capitals(chance), *primes(chance), units(chance)[0]]


def shuffled(chance: Random) -> Parts:
    """Return variants that differ only in the order of the choices on the page."""
    question = capital_question(chance)
    return [[answer for variant in (1, 2, 3) for answer in choices(chance, *question, variant)]]


def randomized(chance: Random) -> Parts:
    """Return variants with numbers of their own."""
    variants: list[Answer] = []
    for variant in (1, 2, 3):
        one, other = chance.randint(11, 29), chance.randint(6, 9) + variant
        texts = tuple(str(one * other + error) for error in (0, -10, one))
        variants += choices(chance, f"What is {one} × {other}?", texts, variant)
    return [variants]


KINDS = (
    ("Capitals", "Places", capitals),
    ("Units", "Measures", units),
    ("Primes", "Numbers", primes),
    ("Map and Sums", "Places", map_and_sums),
    ("Squares", "Numbers", marked_up_choices),
    ("Shuffled Capitals", "Places", shuffled),
    ("Products", "Numbers", randomized),
)
