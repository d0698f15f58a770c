"""Small lines of a course's recent enrollment, drawn by the server so that a list of courses needs no script."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from analytics_data_api.pages.figures import DAY, written

WIDTH, HEIGHT, EDGE = 120, 28, 2


@dataclass(frozen=True)
class Sparkline:
    """The days of a course: day and learners, in ascending order."""

    days: Sequence[tuple[str, int]]

    @property
    def points(self) -> str:
        """Return the points of an SVG polyline. A line without any change is in the middle."""
        counts = [count for _day, count in self.days]
        low, high = min(counts), max(counts)
        step = (WIDTH - 2 * EDGE) / max(1, len(counts) - 1)
        inner = HEIGHT - 2 * EDGE
        places = [(count - low) / (high - low) if high > low else 0.5 for count in counts]
        return " ".join(
            f"{EDGE + number * step:.1f},{EDGE + inner * (1 - place):.1f}" for number, place in enumerate(places)
        )

    @property
    def text(self) -> str:
        (first, from_), (last, to) = self.days[0], self.days[-1]
        return _("Enrolled learners: %(from)s on %(first)s, %(to)s on %(last)s") % {
            "from": written(from_),
            "first": written(first, DAY),
            "to": written(to),
            "last": written(last, DAY),
        }
