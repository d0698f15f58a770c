"""Parameters of videos."""

from analytics_data_api.web.filters import CourseFilter, OneCourseFilters


class TimelineFilters(OneCourseFilters):
    """The videos whose timeline is asked for: rows of a timeline do not name a course."""

    course_id = CourseFilter(help_text="Answer only if this course has a video of this id.")
