"""Responses about single learners."""

from typing import Any

from rest_framework import serializers

from analytics_data_api.constants import ENROLLMENT_MODES, METRICS, SEGMENTS
from analytics_data_api.v0.models import RosterLearner
from analytics_data_api.web.serializers import CountsByNameField, RowFields, RowSerializer


class DateRangeSerializer(serializers.Serializer):
    start = serializers.DateField(allow_null=True, help_text="First day, inclusive.")
    end = serializers.DateField(allow_null=True, help_text="End, exclusive.")


class EngagementsSerializer(serializers.Serializer):
    date_range = DateRangeSerializer(help_text="Days of the engagement.")
    discussion_contributions = serializers.IntegerField(help_text="Posts, responses and comments in discussions.")
    problems_attempted = serializers.IntegerField(help_text="Distinct problems attempted.")
    problems_completed = serializers.IntegerField(help_text="Distinct problems completed.")
    videos_viewed = serializers.IntegerField(help_text="Distinct videos viewed.")
    problem_attempts_per_completed = serializers.FloatField(
        allow_null=True, help_text="Attempts per completed problem; null if the learner completed none."
    )


LEARNER_FIELDS = (
    *("last_updated", "username", "user_id", "name", "email", "account_url", "language", "location", "year_of_birth"),
    *("level_of_education", "gender", "mailing_address", "city", "country", "goals", "enrollment_mode"),
    *("enrollment_date", "cohort", "segments", "engagements"),
)


class LearnerSerializer(RowSerializer):
    account_url = serializers.CharField(
        allow_null=True, help_text="URL of the learner's account in the LMS; null if the server does not know the LMS."
    )
    enrollment_mode = serializers.CharField(allow_null=True, help_text="Enrollment mode; null if unknown.")
    cohort = serializers.CharField(allow_null=True, help_text="Cohort; null if the learner has none.")
    segments = serializers.ListField(child=serializers.CharField(), help_text="Segments, sorted by name.")
    engagements = EngagementsSerializer(help_text="Engagement of the learner.")

    class Meta:
        model = RosterLearner
        fields = LEARNER_FIELDS


class SpansField(serializers.ListField):
    """Spans of a text: [start, end) in Unicode code points."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.ListField(child=serializers.IntegerField()), **kwargs)


class MatchesSerializer(serializers.Serializer):
    name = SpansField(help_text="Spans of the name that matched: [start, end) in code points.")
    username = SpansField(help_text="Spans of the username that matched.")
    email = SpansField(help_text="Spans of the email address that matched.")


class HighlightedLearnerSerializer(LearnerSerializer):
    omitted_when_null = ("matches",)
    picked_by_request = True

    matches = MatchesSerializer(help_text="Parts of the texts that the search matched; only with highlight=true.")

    class Meta:
        model = RosterLearner
        fields = (*LEARNER_FIELDS, "matches")


class EngagementDaySerializer(RowFields):
    date = serializers.DateField(help_text="Day of the activity, UTC.")
    discussion_contributions = serializers.IntegerField(help_text="Posts, responses and comments in discussions.")
    problems_attempted = serializers.IntegerField(help_text="Distinct problems attempted on the day.")
    problems_completed = serializers.IntegerField(help_text="Distinct problems completed on the day.")
    videos_viewed = serializers.IntegerField(help_text="Distinct videos viewed on the day.")
    problem_attempts = serializers.IntegerField(help_text="Attempts at problems on the day.")


class RangeField(serializers.ListField):
    """A range [low, high). Null instead of a bound means that the range is unbounded there."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.FloatField(allow_null=True), allow_null=True, **kwargs)


class MetricRangesSerializer(serializers.Serializer):
    below_average = RangeField(help_text="Low range; null if not computed.")
    average = RangeField(help_text="Normal range; null if not computed.")
    above_average = RangeField(help_text="High range; null if not computed.")
    class_rank_bottom = RangeField(help_text="Range with the least merit; null if not computed.")
    class_rank_average = RangeField(help_text="Normal range; null if not computed.")
    class_rank_top = RangeField(help_text="Range with the highest merit; null if not computed.")


class EngagementRangesSerializer(serializers.Serializer):
    date_range = DateRangeSerializer(help_text="Days from which the ranges were computed.")

    def get_fields(self) -> dict[str, serializers.Field]:
        return super().get_fields() | {metric: MetricRangesSerializer() for metric in METRICS}


class AveragesSerializer(serializers.Serializer):
    """The mean of each metric over the learners who have it."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            metric: serializers.FloatField(allow_null=True, help_text=f"Mean of {metric}; null if no learner has it.")
            for metric in METRICS
        }


class CourseLearnerMetadataSerializer(RowFields):
    cohorts = CountsByNameField(help_text="Learners by cohort.")
    segments = CountsByNameField(
        known_names=SEGMENTS, help_text=f"Learners by segment; always includes {', '.join(SEGMENTS)}."
    )
    enrollment_modes = CountsByNameField(known_names=ENROLLMENT_MODES, help_text="Learners by enrollment mode.")
    engagement_ranges = EngagementRangesSerializer(help_text="Ranges of low, normal and high values of each metric.")
    course_averages = AveragesSerializer(help_text="Mean of each metric over the learners of the roster.")
