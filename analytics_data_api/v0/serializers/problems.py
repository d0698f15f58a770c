"""Responses about problems and subsections."""

from rest_framework import serializers

from analytics_data_api.v0.models import (
    GradeDistribution,
    ProblemFirstLastResponseAnswerDistribution,
    ProblemsAndTags,
    SequentialOpenDistribution,
)
from analytics_data_api.web.serializers import ByNameField, RowSerializer


class ProblemResponseAnswerDistributionSerializer(RowSerializer):
    # Older databases lack these columns.
    omitted_when_null = ("first_response_count", "last_response_count")

    count = serializers.IntegerField(help_text="Learners whose most recent response was this answer.")
    consolidated_variant = serializers.BooleanField(
        help_text="True if this row is the sum of the rows of several variants of the problem."
    )

    class Meta:
        model = ProblemFirstLastResponseAnswerDistribution
        fields = (
            *("course_id", "module_id", "part_id", "correct", "count", "value_id", "answer_value"),
            *("problem_display_name", "question_text", "variant", "created", "consolidated_variant"),
            *("first_response_count", "last_response_count"),
        )


class GradeDistributionSerializer(RowSerializer):
    class Meta:
        model = GradeDistribution
        fields = ("module_id", "course_id", "grade", "max_grade", "count", "created")


class SequentialOpenDistributionSerializer(RowSerializer):
    class Meta:
        model = SequentialOpenDistribution
        fields = ("module_id", "course_id", "count", "created")


class ProblemSerializer(RowSerializer):
    total_submissions = serializers.IntegerField(help_text="Answers submitted to the problem.")
    correct_submissions = serializers.IntegerField(help_text="Correct answers submitted to the problem.")
    part_ids = serializers.ListField(child=serializers.CharField(), help_text="Ids of the problem's parts.")

    class Meta:
        model = ProblemFirstLastResponseAnswerDistribution
        fields = ("module_id", "total_submissions", "correct_submissions", "part_ids", "created")


class ProblemsAndTagsSerializer(RowSerializer):
    tags = ByNameField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Values of each tag of the problem, sorted.",
    )

    class Meta:
        model = ProblemsAndTags
        fields = ("module_id", "total_submissions", "correct_submissions", "tags", "created")
