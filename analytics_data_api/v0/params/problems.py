"""Parameters of problems and subsections."""

from analytics_data_api.web.filters import CourseFilter, OneCourseFilters


class ModuleFilters(OneCourseFilters):
    """Rows of a module, whose id may occur in several courses."""

    course_id = CourseFilter(help_text="Only rows of this course. An old-style id does not name a course run.")
