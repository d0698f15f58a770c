"""Parameters of problems and subsections."""

from analytics_data_api.web.parameters import CourseIdField, Parameters


class OneCourse(Parameters):
    """Narrows an id that may stand in several courses to one of them."""

    course_id = CourseIdField(help_text="Only rows of this course. Ids of the old style do not name a course run.")

    @classmethod
    def to_value(cls, *, course_id: str | None) -> str | None:
        return course_id
