"""The fields of the answers about all courses, in their order."""

COURSE_ID = "course_id"
ENROLLMENT_MODES = "enrollment_modes"
PROGRAMS = "programs"
# What is counted in all modes together, and by mode inside enrollment_modes.
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
    ENROLLMENT_MODES,
    PROGRAMS,
)
PROGRAM_FIELDS = ("program_id", "program_type", "program_title", "created", "course_ids")

# What summaries can be ordered by beside their own fields: the learners in verified mode.
VERIFIED_ENROLLMENT = "verified_enrollment"
# How a filter names an availability that is null.
UNKNOWN_AVAILABILITY = "unknown"
# Availabilities that the table has, and what the API calls them.
AVAILABILITIES = {"Starting Soon": "Upcoming"}
