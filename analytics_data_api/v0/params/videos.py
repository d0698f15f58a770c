"""Parameters of videos."""

from analytics_data_api.web.filters import CourseFilter, OneCourseFilters


class TimelineFilters(OneCourseFilters):
    """Applied to the rows of videos, because rows of a timeline do not name a course."""

    course_id = CourseFilter(help_text="Only if this course has the video.")
