"""Responses about enrollment by day."""

from rest_framework import serializers

from analytics_data_api.constants import ENROLLMENT_MODES, GENDERS
from analytics_data_api.v0.models import (
    CourseEnrollmentByBirthYear,
    CourseEnrollmentByCountry,
    CourseEnrollmentByEducation,
    CourseEnrollmentByGender,
    CourseEnrollmentDaily,
    CourseEnrollmentModeDaily,
)
from analytics_data_api.web.serializers import RowSerializer


class CourseEnrollmentDailySerializer(RowSerializer):
    class Meta:
        model = CourseEnrollmentDaily
        fields = ("course_id", "date", "count", "created")


class CourseEnrollmentModeDailySerializer(RowSerializer):
    # Each unknown mode becomes a field of its own.
    has_extra_fields = True

    count = serializers.IntegerField(help_text="Learners enrolled at the end of the day, in all modes.")
    cumulative_count = serializers.IntegerField(
        help_text="Learners ever enrolled up to the end of the day, in all modes."
    )
    audit = serializers.IntegerField(help_text="Learners enrolled in audit mode.")
    credit = serializers.IntegerField(help_text="Learners enrolled in credit mode.")
    honor = serializers.IntegerField(help_text="Learners enrolled in honor mode.")
    professional = serializers.IntegerField(
        help_text="Learners enrolled in professional mode, with or without an identity check."
    )
    verified = serializers.IntegerField(help_text="Learners enrolled in verified mode.")
    masters = serializers.IntegerField(help_text="Learners enrolled in masters mode.")

    class Meta:
        model = CourseEnrollmentModeDaily
        fields = ("course_id", "date", "count", "cumulative_count", "created", *ENROLLMENT_MODES)


class CourseEnrollmentByBirthYearSerializer(RowSerializer):
    class Meta:
        model = CourseEnrollmentByBirthYear
        fields = ("course_id", "date", "birth_year", "count", "created")


class CourseEnrollmentByEducationSerializer(RowSerializer):
    class Meta:
        model = CourseEnrollmentByEducation
        fields = ("course_id", "date", "education_level", "count", "created")


class CourseEnrollmentByGenderSerializer(RowSerializer):
    female = serializers.IntegerField(help_text="Enrolled learners who reported female.")
    male = serializers.IntegerField(help_text="Enrolled learners who reported male.")
    other = serializers.IntegerField(help_text="Enrolled learners who reported another gender.")
    unknown = serializers.IntegerField(help_text="Enrolled learners who reported no gender.")

    class Meta:
        model = CourseEnrollmentByGender
        fields = ("course_id", "date", *GENDERS, "created")


class CountrySerializer(serializers.Serializer):
    alpha2 = serializers.CharField(allow_null=True, help_text="ISO 3166 two-letter code; null if unknown.")
    alpha3 = serializers.CharField(allow_null=True, help_text="ISO 3166 three-letter code; null if unknown.")
    name = serializers.CharField(help_text="Name of the country in English, or UNKNOWN.")


class CourseEnrollmentByCountrySerializer(RowSerializer):
    country = CountrySerializer(help_text="Country of the learners' last known IP addresses.")

    class Meta:
        model = CourseEnrollmentByCountry
        fields = ("date", "course_id", "country", "count", "created")
