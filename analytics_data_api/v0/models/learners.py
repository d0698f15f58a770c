"""Engagement of single learners."""

from django.db import models

from analytics_data_api.sql.models import PipelineTable, course_id_field, row_indexes


class ModuleEngagement(PipelineTable):
    """How often a learner did something with a part of a course on a day."""

    course_id = course_id_field()
    username = models.CharField(max_length=255, help_text="Username of the learner.")
    date = models.DateField(help_text="Day of the activity, UTC.")
    entity_type = models.CharField(max_length=255, help_text="Kind of the entity: problem, video or discussion.")
    entity_id = models.CharField(max_length=255, help_text="Id of the problem, video or discussion.")
    event = models.CharField(
        max_length=255, help_text="What the learner did: attempted, completed, viewed or contributed."
    )
    count = models.IntegerField(help_text="How often the learner did so on that day.")

    class Meta:
        db_table = "module_engagement"
        indexes = row_indexes("module_engagement", "course_id", "username", "date")


class ModuleEngagementMetricRanges(PipelineTable):
    """Which values of a metric are low, normal and high among the learners of a course."""

    course_id = course_id_field()
    start_date = models.DateField(help_text="First day of the activity that the ranges were computed from.")
    end_date = models.DateField(help_text="Day after the last day of that activity.")
    metric = models.CharField(max_length=50, help_text="Name of the metric, such as problems_attempted.")
    range_type = models.CharField(max_length=50, help_text="Which range this is: low, normal or high.")
    low_value = models.FloatField(null=True, help_text="Least value of the range; null: unbounded.")
    high_value = models.FloatField(null=True, help_text="End of the range, not included; null: unbounded.")

    class Meta:
        db_table = "module_engagement_metric_ranges"
        indexes = row_indexes("engagement_ranges", "course_id")
