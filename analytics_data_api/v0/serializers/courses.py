"""Responses about a course's weekly activity."""

from rest_framework import serializers

from analytics_data_api.constants import ACTIVITY_LABELS
from analytics_data_api.v0.models import CourseActivityWeekly
from analytics_data_api.web.serializers import IsoDateTimeField, RowFields, RowSerializer, WireDateTimeField


class CourseActivityWeeklySerializer(RowSerializer):
    omitted_when_null = tuple(ACTIVITY_LABELS)

    any = serializers.IntegerField(
        help_text="Unique learners with any activity in the course, including activity that no other field counts."
    )
    attempted_problem = serializers.IntegerField(help_text="Unique learners who answered any problem in the course.")
    played_video = serializers.IntegerField(help_text="Unique learners who started to watch any video in the course.")
    posted_forum = serializers.IntegerField(
        help_text="Unique learners who created a post, a response or a comment in any discussion of the course."
    )

    class Meta:
        model = CourseActivityWeekly
        fields = ("interval_start", "interval_end", "course_id", *ACTIVITY_LABELS, "created")


class CourseReportSerializer(RowFields):
    omitted_when_null = ("last_modified", "expiration_date", "file_size")

    course_id = serializers.CharField(help_text="Id of the course run, as the request spells it.")
    report_name = serializers.CharField(help_text="Name of the report.")
    download_url = serializers.CharField(help_text="URL of the report file.")
    last_modified = WireDateTimeField(help_text="When the file was written, UTC; absent if unknown.")
    expiration_date = WireDateTimeField(help_text="When download_url expires, UTC; absent if it does not expire.")
    file_size = serializers.IntegerField(help_text="Size of the file in bytes; absent if unknown.")


class CourseActivityMostRecentWeekSerializer(RowSerializer):
    interval_start = IsoDateTimeField(help_text="Start of the week, UTC, inclusive.")
    interval_end = IsoDateTimeField(help_text="End of the week, UTC, exclusive.")
    activity_type = serializers.ChoiceField(choices=list(ACTIVITY_LABELS), help_text="Kind of activity counted.")

    class Meta:
        model = CourseActivityWeekly
        fields = ("interval_start", "interval_end", "activity_type", "count", "course_id")
