"""Values of parameters: stored ids, valid values, invalid values and hostile texts."""

import math
from itertools import product

from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.data_sets.params import Cursor, Place
from analytics_data_api.v0 import models
from tests.attack.texts import HOSTILE, PARAMETERS

MAX_STORED = 60
# The columns whose values each parameter takes.
COLUMNS = {
    "course_id course_ids org": ((models.CourseMetaSummaryEnrollment, "course_id"),),
    "problem_id": (
        (models.ProblemFirstLastResponseAnswerDistribution, "module_id"),
        (models.GradeDistribution, "module_id"),
    ),
    "module_id": ((models.SequentialOpenDistribution, "module_id"),),
    "video_id": ((models.VideoTimeline, "pipeline_video_id"),),
    "username": ((models.RosterLearner, "username"),),
    "program_ids": ((models.CourseProgramMetadata, "program_id"),),
    "cohort availability": ((models.RosterFacet, "cohort"),),
    "enrollment_mode": ((models.RosterFacet, "enrollment_mode"),),
}
TIMES = ("2014-12-10 19:31:46", "2014-12-10T19:31:46.000000", "9999-12-31 23:59:59.999999", "0001-01-01 00:00:00")
PLACES = (None, *(Place(time, number) for time in TIMES for number in (0, 5, 2**31, 2**63 - 1)))
CURSORS = tuple(Cursor(name, place).text() for name, place in product(DATA_SETS, PLACES))


class ParameterValues:
    """The values to try for each parameter, with those that the database stores."""

    def __init__(self, using):
        self.stored = {"data_set": tuple(DATA_SETS), "report_name": ("problem_response",), "cursor": CURSORS}
        for names, columns in COLUMNS.items():
            found = [
                set(model.objects.using(using).values_list(column, flat=True)) - {None} for model, column in columns
            ]
            # The order must not depend on the database, or a seed would not repeat its requests.
            values = tuple(value for rows in found for value in sorted(rows)[:MAX_STORED])
            self.stored |= dict.fromkeys(names.split(), values)

    def of_path(self, name):
        """Return the values of a path's parameter. Most of them are stored."""
        unknown = (*PARAMETERS.get(name, {}).get("invalid", ()), *self.stored["course_id"])
        return weighted(0.9, weighted(0.85, self.stored[name], unknown), HOSTILE)

    def of_query(self, name, *enumerated):
        """Return the values of a parameter. Most of them are valid. ``enumerated`` are those in the description."""
        known = PARAMETERS.get(name, {"valid": (), "invalid": ()})
        valid = (*enumerated, *known["valid"], *self.stored.get(name, ())) or HOSTILE
        lists = (",".join((valid * 100)[:count])[:4000] for count in (2, 3, 30, 300))
        tampered = (text[:at] + "A" + text[at + 1 :] for at, text in enumerate(valid[:40]))
        return weighted(0.97, weighted(0.95, valid, (*known["invalid"], "", *lists, *tampered)), HOSTILE)


def weighted(share, frequent, rare):
    """Return all values, the frequent ones repeated so that they make up at least this share."""
    return tuple(frequent) * math.ceil(share / (1 - share) * len(rare) / len(frequent)) + tuple(rare)
