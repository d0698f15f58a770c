"""Questions of the course's problems, with the right and wrong answers that learners give to them."""

import json
from collections.abc import Callable
from random import Random
from typing import NamedTuple

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


class Answer(NamedTuple):
    """An answer to a part of a problem. ``weight`` is how often it is given beside the others."""

    value_id: str | None
    answer_value: str
    correct: bool
    weight: float
    question_text: str
    variant: int | None = None


class Problem(NamedTuple):
    """A problem's name, its topic and the answers to each of its parts."""

    display_name: str
    topic: str
    parts: list[list[Answer]]


def invented_problem(chance: Random, number: int) -> Problem:
    """The course's problem of this number, from 0; the kinds take turns."""
    name, topic, make_parts = KINDS[number % len(KINDS)]
    return Problem(f"{name} {number // len(KINDS) + 1}", topic, make_parts(chance))


def capitals(chance: Random) -> list[list[Answer]]:
    return [choices(chance, *capital_question(chance))]


def capital_question(chance: Random) -> tuple[str, str, list[str]]:
    country = chance.choice(list(CAPITALS))
    right, *wrong = CAPITALS[country]
    return f"What is the capital of {country}?", right, wrong


def choices(
    chance: Random, question_text: str, right: str, wrong: list[str], variant: int | None = None
) -> list[Answer]:
    """A single choice. The right answer's place differs."""
    texts = sorted([right, *wrong])
    share = chance.uniform(0.55, 0.9)
    return [
        Answer(
            f"choice_{number}",
            text,
            text == right,
            share if text == right else (1 - share) * chance.uniform(0.3, 1),
            question_text,
            variant,
        )
        for number, text in enumerate(texts)
    ]


def marked_up_choices(chance: Random) -> list[list[Answer]]:
    """Choices as they stand in the course, with their markup."""
    base = chance.randint(3, 9)
    question_text = f"Which of these is the square of {base}?"
    texts = [f"<span>{base}<sup>2</sup> = <b>{value}</b></span>" for value in (base**2, 2 * base + 1, base**2 + 1)]
    return [choices(chance, question_text, texts[0], texts[1:])]


def primes(chance: Random) -> list[list[Answer]]:
    """Several choices at once, of which a part of the right ones does not count."""
    numbers = sorted([*chance.sample((11, 13, 17, 19, 23), 2), *chance.sample((15, 21, 27, 33), 2)])
    right = [number for number in numbers if number in (11, 13, 17, 19, 23)]
    question_text = "Which of these numbers are prime? Choose all of them."
    picks = [right, right[:1], right[1:], numbers, [number for number in numbers if number not in right]]
    return [
        [
            Answer(
                json.dumps([f"choice_{numbers.index(number)}" for number in pick]),
                json.dumps([str(number) for number in pick]),
                pick == right,
                weight,
                question_text,
            )
            for pick, weight in zip(picks, (0.66, 0.12, 0.1, 0.07, chance.uniform(0.02, 0.08)), strict=True)
        ]
    ]


def units(chance: Random) -> list[list[Answer]]:
    """Two numbers to be typed in."""
    return [
        typed(chance, f"How many {unit}?", *UNITS[unit], f"{UNITS[unit][0]}.0")
        for unit in chance.sample(list(UNITS), 2)
    ]


def typed(chance: Random, question_text: str, right: str, near: str, far: str, right_too: str) -> list[Answer]:
    weights = (chance.uniform(0.6, 0.8), 0.05, 0.12, 0.06, 0.02)
    texts = ((right, True), (right_too, True), (near, False), (far, False), ("I don't know", False))
    return [
        Answer(None, text, correct, weight, question_text)
        for (text, correct), weight in zip(texts, weights, strict=True)
    ]


def map_and_sums(chance: Random) -> list[list[Answer]]:
    """Three parts of different kinds."""
    return [*capitals(chance), *primes(chance), units(chance)[0]]


def shuffled(chance: Random) -> list[list[Answer]]:
    """Variants that differ in nothing but the order of the choices on the page."""
    question = capital_question(chance)
    return [[answer for variant in (1, 2, 3) for answer in choices(chance, *question, variant)]]


def randomized(chance: Random) -> list[list[Answer]]:
    """Variants with numbers of their own."""
    variants: list[Answer] = []
    for variant in (1, 2, 3):
        one, other = chance.randint(11, 29), chance.randint(6, 9) + variant
        product = one * other
        wrong = [str(product - 10), str(product + one)]
        variants += choices(chance, f"What is {one} × {other}?", str(product), wrong, variant)
    return [variants]


KINDS: tuple[tuple[str, str, Callable[[Random], list[list[Answer]]]], ...] = (
    ("Capitals", "Places", capitals),
    ("Units", "Measures", units),
    ("Primes", "Numbers", primes),
    ("Map and Sums", "Places", map_and_sums),
    ("Squares", "Numbers", marked_up_choices),
    ("Shuffled Capitals", "Places", shuffled),
    ("Products", "Numbers", randomized),
)
