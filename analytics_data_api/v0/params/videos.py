"""Parameters of videos."""

from analytics_data_api.web.parameters import CourseIdField, Parameters


class CourseOfVideo(Parameters):
    """Answers only if the video stands in the course."""

    course_id = CourseIdField(help_text="Answer only if this course has a video of this id.")

    @classmethod
    def to_value(cls, *, course_id: str | None) -> str | None:
        return course_id
