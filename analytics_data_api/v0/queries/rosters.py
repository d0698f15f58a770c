"""The current roster of a course that the site knows."""

from analytics_data_api.errors import CourseNotFound
from analytics_data_api.rosters import selection
from analytics_data_api.v0.models import CourseEnrollmentDaily, CourseMetaSummaryEnrollment


def current_roster(*, course_id: str, with_facets: bool, using: str) -> selection.CurrentRoster | None:
    """Return the current roster, or None if the course is known without one.

    Raise ``CourseNotFound`` if the course has neither a roster nor a row in a table that lists every course.
    """
    roster = selection.current_roster(course_id=course_id, with_facets=with_facets, using=using)
    if roster is None:
        for model in (CourseEnrollmentDaily, CourseMetaSummaryEnrollment):
            if model.objects.using(using).filter(course_id=course_id).exists():
                return None
        raise CourseNotFound(course_id)
    return roster
