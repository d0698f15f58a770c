"""The words of the tables and of the API for the same concepts."""

from functools import cache

from django.utils.translation import override
from django_countries import Countries

# Weekly activity: the API's names, in the order of a response, and the table's labels.
ANY = "any"
ACTIVITY_LABELS = {
    ANY: "ACTIVE",
    "attempted_problem": "ATTEMPTED_PROBLEM",
    "played_video": "PLAYED_VIDEO",
    "posted_forum": "POSTED_FORUM",
}
ACTIVITY_TYPES = {label: name for name, label in ACTIVITY_LABELS.items()}

ENROLLMENT_MODES = ("audit", "credit", "honor", "professional", "verified", "masters")
# The professional mode without an identity check is counted as `professional`.
MERGED_MODES = {"no-id-professional": "professional"}

# Genders: the table's codes, and the API's names in the order of a response.
UNKNOWN_GENDER = "unknown"
GENDER_NAMES = {"f": "female", "m": "male", "o": "other"}
GENDERS = (*GENDER_NAMES.values(), UNKNOWN_GENDER)

# The metadata of every course lists these segments, even if they have no learners.
SEGMENTS = ("highly_engaged", "disengaging", "struggling", "inactive", "unenrolled")

# An older dashboard matches metric names in this order and lets the last match win.
METRICS = (
    "problem_attempts_per_completed",
    "problems_attempted",
    "problems_completed",
    "discussion_contributions",
    "videos_viewed",
)
LOWER_IS_BETTER = ("problem_attempts_per_completed",)

ROSTER_ORDERS = (
    "username",
    "email",
    "discussion_contributions",
    "problems_attempted",
    "problems_completed",
    "problem_attempts_per_completed",
    "attempt_ratio_order",
    "videos_viewed",
)

# Fields of the responses about all courses, in their order.
COURSE_ID = "course_id"
SUMMARY_MODES = "enrollment_modes"
PROGRAMS = "programs"
# Counts of all modes together, and of each mode inside enrollment_modes.
MODE_COUNTS = ("count", "cumulative_count", "count_change_7_days", "passing_users")
SUMMARY_FIELDS = (
    COURSE_ID,
    "catalog_course_title",
    "catalog_course",
    "start_date",
    "end_date",
    "pacing_type",
    "availability",
    *MODE_COUNTS,
    "recent_count_change",
    "created",
    SUMMARY_MODES,
    PROGRAMS,
)
PROGRAM_FIELDS = ("program_id", "program_type", "program_title", "created", "course_ids")

# Summaries can also be ordered by the number of learners in the verified mode.
VERIFIED_ENROLLMENT = "verified_enrollment"
# The filter's value for an availability that is null.
UNKNOWN_AVAILABILITY = "unknown"
# The API has other names for these availabilities of the table.
AVAILABILITIES = {"Starting Soon": "Upcoming"}

UNKNOWN_COUNTRY: dict[str, str | None] = {"alpha2": None, "alpha3": None, "name": "UNKNOWN"}


@cache
def countries_by_code() -> dict[str, dict[str, str | None]]:
    """Return each ISO 3166 country by its two-letter and by its three-letter code.

    The table is built once, because a single lookup in django-countries costs 24 µs.
    """
    countries = Countries()
    table: dict[str, dict[str, str | None]] = {}
    # Pages for people are in other languages, the API is not.
    with override("en"):
        for alpha2, name in countries:
            alpha3 = countries.alpha3(alpha2)
            table[alpha2] = table[alpha3] = {"alpha2": alpha2, "alpha3": alpha3, "name": str(name)}
    return table


def country(code: str | None) -> dict[str, str | None]:
    """Return the country of a code in any case, or ``UNKNOWN_COUNTRY`` if ISO 3166 has no such code."""
    return countries_by_code().get((code or "").strip().upper()) or UNKNOWN_COUNTRY
