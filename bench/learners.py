"""Invented learners of a course as the keys of roster lines, from a seed, in no order, as a pipeline would write them."""

import random
from collections.abc import Iterator
from typing import Any

# One learner in a hundred has the common name, one in twenty a name that begins with the prefix, and one has the rare name.
COMMON_NAME, PREFIX, RARE_NAME = "Maria", "arma", "Xyrophane"
# One learner in ten has this segment, cohort and mode together.
SEGMENT, COHORT, MODE = "struggling", "Cohort A", "verified"
SEGMENTS = ("highly_engaged", "disengaging", "struggling", "inactive")
SYLLABLES = [consonant + vowel for consonant in "bcdfghjklnprstvw" for vowel in "aeiou"]


def invented_names(choose: random.Random, number: int, syllables: int) -> list[str]:
    names: set[str] = set()
    while len(names) < number:
        names.add("".join(choose.choices(SYLLABLES, k=syllables)).capitalize())
    return sorted(names)


def roster_learners(number: int, course_id: str, seed: int) -> Iterator[dict[str, Any]]:
    choose = random.Random(seed)
    first_names, last_names = invented_names(choose, 3000, 3), invented_names(choose, 20000, 4)
    with_prefix = [PREFIX.capitalize() + ending for ending in ("dillo", "nd", "ni", "ud", "s")]
    for place in choose.sample(range(number), number):
        first = choose.choice(with_prefix if place % 20 == 1 else first_names)
        first = RARE_NAME if place == number // 2 else COMMON_NAME if place % 100 == 0 else first
        last = choose.choice(last_names)
        username = f"{choose.choice(SYLLABLES)}{first[:1]}{last}{place}".lower()
        attempted = min(int(choose.expovariate(0.1)), 200)
        completed = choose.randint(0, attempted)
        attempts = attempted + int(choose.expovariate(0.05))
        is_one_in_ten = place % 10 == 3
        yield {
            "course_id": course_id,
            "username": username,
            "user_id": place,
            "name": f"{first} {last}",
            "email": f"{username}@example.com",
            "language": choose.choice(("en", "es", "fr", None)),
            "country": choose.choice(("US", "IN", "BR", "DE", None)),
            "year_of_birth": choose.choice((None, *range(1950, 2005))),
            "gender": choose.choice(("f", "m", "o", None)),
            "level_of_education": choose.choice(("b", "m", "hs", None)),
            "enrollment_mode": MODE if is_one_in_ten else choose.choice(("audit", "honor")),
            "enrollment_date": f"2026-{choose.randint(1, 9):02}-{choose.randint(1, 28):02}",
            "cohort": COHORT if is_one_in_ten else choose.choice(("Cohort B", "Cohort C", None)),
            "segments": [SEGMENT] if is_one_in_ten else choose.sample(SEGMENTS, choose.randint(0, 2)),
            **{"start_date": "2026-10-01", "end_date": "2026-10-08", "last_updated": "2026-10-08"},
            "discussion_contributions": int(choose.expovariate(0.5)),
            "problems_attempted": attempted,
            "problems_completed": completed,
            "problem_attempts": attempts,
            "problem_attempts_per_completed": attempts / completed if completed else None,
            "attempt_ratio_order": attempts if completed else -attempts,
            "videos_viewed": int(choose.expovariate(0.2)),
        }
