"""Values of parameters: stored ids, valid values, invalid values and hostile texts."""

import math
from itertools import product

from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.data_sets.params import Cursor, Place
from analytics_data_api.v0 import models
from tests.attack.request import OPEN, SECRET
from tests.attack.texts import HOSTILE, PARAMETERS, TEXTS

MAX_STORED = 60
TIMES = ("2014-12-10 19:31:46", "2014-12-10T19:31:46.000000", "9999-12-31 23:59:59.999999", "0001-01-01 00:00:00")
PLACES = (None, *(Place(time, number) for time in TIMES for number in (0, 5, 2**31, 2**63 - 1)))
CURSORS = tuple(Cursor(name, place).text() for name, place in product(DATA_SETS, PLACES))


class ParameterValues:
    """The values to try for each parameter, with those that the database stores."""

    def __init__(self, using):
        self.stored = {"data_set": tuple(DATA_SETS), "report_name": ("problem_response",), "cursor": CURSORS}
        for names, columns in TEXTS["stored"].items():
            values = tuple(value for model, column in columns for value in stored_values(using, model, column))
            self.stored |= dict.fromkeys(names.split(), values)
        # Requests often name the courses that restricted keys see, and those that they must not see.
        self.stored["course_id"] = self.stored["course_ids"] = OPEN * 3 + SECRET + self.stored["course_id"]

    def of_path(self, name):
        """Return the values of a path's parameter. Most of them are stored."""
        unknown = (*PARAMETERS.get(name, {}).get("invalid", ()), *self.stored["course_id"])
        return weighted(0.9, weighted(0.85, self.stored[name], unknown), HOSTILE)

    def of_query(self, name, *enumerated):
        """Return the values of a parameter. Most of them are valid. ``enumerated`` are those in the description."""
        known = PARAMETERS.get(name, {"valid": (), "invalid": ()})
        valid = (*enumerated, *known["valid"], *self.stored.get(name, ())) or HOSTILE
        invalid = (*known["invalid"], "", *(",".join((valid * 100)[:count])[:4000] for count in (2, 3, 30, 300)))
        if name == "cursor":
            invalid += tuple(text[:at] + "A" + text[at + 1 :] for at, text in enumerate(valid[:40]))
        return weighted(0.93, weighted(0.93, valid, invalid), HOSTILE)


def stored_values(using, model, column):
    """Return the first values of a column. Databases sort texts differently, so Python sorts them."""
    rows = getattr(models, model).objects.using(using).exclude(**{column: None})
    return sorted(set(rows.values_list(column, flat=True)))[:MAX_STORED]


def weighted(share, frequent, rare):
    """Return all values, the frequent ones repeated so that they make up at least this share."""
    return tuple(frequent) * math.ceil(share / (1 - share) * len(rare) / len(frequent)) + tuple(rare)
