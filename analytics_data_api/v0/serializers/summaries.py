"""Responses about all courses: summaries, totals and programs."""

from rest_framework import serializers

from analytics_data_api.constants import ENROLLMENT_MODES, PROGRAM_FIELDS, PROGRAMS, SUMMARY_FIELDS
from analytics_data_api.v0.models import CourseMetaSummaryEnrollment, CourseProgramMetadata
from analytics_data_api.web.serializers import (
    ByNameField,
    IsoDateTimeField,
    RowFields,
    RowSerializer,
    WireDateTimeField,
)


class ModeCountsSerializer(serializers.Serializer):
    """The counts of a mode. None is required, because a request may exclude any of them."""

    count = serializers.IntegerField(required=False, help_text="Learners currently enrolled in this mode.")
    cumulative_count = serializers.IntegerField(required=False, help_text="Learners ever enrolled in this mode.")
    count_change_7_days = serializers.IntegerField(
        required=False, help_text="Change of this count in the last seven days."
    )
    passing_users = serializers.IntegerField(
        required=False, help_text="Learners in this mode who are passing the course."
    )


class CourseSummarySerializer(RowSerializer):
    picked_by_request = True
    omitted_when_null = (PROGRAMS,)

    start_date = WireDateTimeField(allow_null=True, help_text="When the course starts, UTC.")
    end_date = WireDateTimeField(allow_null=True, help_text="When the course ends, UTC.")
    availability = serializers.CharField(
        allow_null=True, help_text="State of the course run: Current, Upcoming or Archived; null if unknown."
    )
    count = serializers.IntegerField(help_text="Learners currently enrolled, in all modes.")
    cumulative_count = serializers.IntegerField(help_text="Learners ever enrolled, in all modes.")
    count_change_7_days = serializers.IntegerField(help_text="Change of the count in the last seven days.")
    passing_users = serializers.IntegerField(help_text="Learners who are passing the course.")
    recent_count_change = serializers.IntegerField(
        allow_null=True, help_text="Change of the count since recent_date; null without recent_date."
    )
    enrollment_modes = ByNameField(
        child=ModeCountsSerializer(),
        known_names=ENROLLMENT_MODES,
        help_text="The same counts by enrollment mode: always audit, credit, honor, professional, verified and masters, "
        "and others that the site has.",
    )
    programs = serializers.ListField(
        child=serializers.CharField(), help_text="Ids of the course's programs; only if the request asks for them."
    )

    class Meta:
        model = CourseMetaSummaryEnrollment
        fields = SUMMARY_FIELDS


class CourseTotalsSerializer(RowFields):
    count = serializers.IntegerField(help_text="Learners currently enrolled; a learner counts once per course.")
    cumulative_count = serializers.IntegerField(help_text="Learners ever enrolled; a learner counts once per course.")
    count_change_7_days = serializers.IntegerField(help_text="Change of the count in the last seven days.")
    verified_enrollment = serializers.IntegerField(help_text="Learners currently enrolled in verified mode.")


class ProgramSerializer(RowSerializer):
    picked_by_request = True

    created = IsoDateTimeField(help_text="When the program's rows were computed, UTC.")
    course_ids = serializers.ListField(child=serializers.CharField(), help_text="Ids of the program's courses, sorted.")

    class Meta:
        model = CourseProgramMetadata
        fields = PROGRAM_FIELDS
