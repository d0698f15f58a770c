"""The current roster of a course that the site knows."""

from analytics_data_api.errors import CourseNotFound
from analytics_data_api.rosters.current import CurrentRoster, find_current_roster
from analytics_data_api.sql.conditions import Scope, of_course
from analytics_data_api.v0.models import (
    CourseEnrollmentDaily,
    CourseMetaSummaryEnrollment,
    ModuleEngagementMetricRanges,
)


def refuse_unknown_course(course_id: str, *, scope: Scope) -> None:
    """Raise ``CourseNotFound`` if no table that lists every course has the course."""
    for model in (CourseEnrollmentDaily, CourseMetaSummaryEnrollment, ModuleEngagementMetricRanges):
        if of_course(model, course_id, exact=scope.exact).using(scope.using).exists():
            return
    raise CourseNotFound(course_id)


def current_roster(*, course_id: str, with_facets: bool, scope: Scope) -> CurrentRoster | None:
    """Return the current roster, or None if the course is known without a roster."""
    roster = find_current_roster(course_id=course_id, with_facets=with_facets, using=scope.using)
    if roster is None:
        refuse_unknown_course(course_id, scope=scope)
    return roster
