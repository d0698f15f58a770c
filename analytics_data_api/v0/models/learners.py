"""Engagement of single learners."""

from django.db import models

from analytics_data_api.sql.models import CourseTable, row_indexes, text_field


class ModuleEngagement(CourseTable):
    """The number of times that a learner used a part of a course on a day, by kind of action."""

    username = text_field("Username of the learner.")
    date = models.DateField(help_text="Day of the activity, UTC.")
    entity_type = text_field("Kind of the entity: problem, video or discussion.")
    entity_id = text_field("Id of the problem, video or discussion.")
    event = text_field("Action of the learner: attempted, completed, viewed or contributed.")
    count = models.IntegerField(help_text="Number of times the learner did this on the day.")

    class Meta:
        db_table = "module_engagement"
        indexes = row_indexes("module_engagement", "course_id", "username", "date")


class ModuleEngagementMetricRanges(CourseTable):
    """The low, normal and high range of a metric among the learners of a course."""

    start_date = models.DateField(help_text="First day of the activity from which the ranges were computed.")
    end_date = models.DateField(help_text="Day after the last day of that activity.")
    metric = models.CharField(max_length=50, help_text="Name of the metric, such as problems_attempted.")
    range_type = models.CharField(max_length=50, help_text="Range: low, normal or high.")
    low_value = models.FloatField(null=True, help_text="Lowest value of the range; null if unbounded.")
    high_value = models.FloatField(null=True, help_text="End of the range, exclusive; null if unbounded.")

    class Meta:
        db_table = "module_engagement_metric_ranges"
        indexes = row_indexes("engagement_ranges", "course_id")
