"""What is in a database, for requests that find something."""

from dataclasses import dataclass, fields

from analytics_data_api.data_sets.declarations import DATA_SETS
from analytics_data_api.v0 import models

MOST = 60


@dataclass(frozen=True)
class Known:
    """Ids and names of stored rows, by the parameter that takes them."""

    course_id: tuple[str, ...]
    problem_id: tuple[str, ...]
    module_id: tuple[str, ...]
    video_id: tuple[str, ...]
    username: tuple[str, ...]
    program_ids: tuple[str, ...]
    cohort: tuple[str, ...]
    enrollment_mode: tuple[str, ...]
    segments: tuple[str, ...]
    data_set: tuple[str, ...] = tuple(DATA_SETS)
    report_name: tuple[str, ...] = ("problem_response",)

    def of(self, parameter):
        names = [field.name for field in fields(self)]
        alike = {"course_ids": "course_id", "ignore_segments": "segments", "org": "course_id", "availability": "cohort"}
        name = alike.get(parameter, parameter)
        return getattr(self, name) if name in names else ()


def known(using):
    def values(model, column):
        rows = model.objects.using(using).exclude(**{column: None}).values_list(column, flat=True).distinct()
        # Sorted, so that the same seed makes the same requests whatever the order of a database.
        return tuple(sorted(set(rows))[:MOST])

    segments = {
        name for row in models.RosterFacet.objects.using(using).values_list("segments", flat=True) for name in row
    }
    return Known(
        course_id=values(models.CourseMetaSummaryEnrollment, "course_id"),
        problem_id=values(models.ProblemFirstLastResponseAnswerDistribution, "module_id")
        + values(models.GradeDistribution, "module_id"),
        module_id=values(models.SequentialOpenDistribution, "module_id"),
        video_id=values(models.VideoTimeline, "pipeline_video_id"),
        username=values(models.RosterLearner, "username"),
        program_ids=values(models.CourseProgramMetadata, "program_id"),
        cohort=values(models.RosterFacet, "cohort"),
        enrollment_mode=values(models.RosterFacet, "enrollment_mode"),
        segments=tuple(sorted(segments)),
    )
