"""The models match the contract's tables, and every id in a URL has an index."""

import pytest
from django.apps import apps
from django.db import connections

from analytics_data_api.sql.models import PipelineTable
from analytics_data_api.v0 import models

COMMON = {"id", "created"}
# The contract's tables: model, table, columns beside id and created, nullable columns.
TABLES = {
    "CourseActivityWeekly": ("course_activity", "course_id interval_start interval_end label count", ""),
    "CourseEnrollmentDaily": ("course_enrollment_daily", "course_id date count", ""),
    "CourseEnrollmentModeDaily": ("course_enrollment_mode_daily", "course_id date mode count cumulative_count", ""),
    "CourseEnrollmentByBirthYear": ("course_enrollment_birth_year_daily", "course_id date count", "birth_year"),
    "CourseEnrollmentByEducation": (
        "course_enrollment_education_level_daily",
        "course_id date count",
        "education_level",
    ),
    "CourseEnrollmentByGender": ("course_enrollment_gender_daily", "course_id date count", "gender"),
    "CourseEnrollmentByCountry": ("course_enrollment_location_current", "course_id date count", "country_code"),
    "CourseMetaSummaryEnrollment": (
        "course_meta_summary_enrollment",
        "course_id enrollment_mode",
        "catalog_course_title catalog_course start_time end_time pacing_type availability count cumulative_count"
        " count_change_7_days passing_users",
    ),
    "CourseProgramMetadata": ("course_program_metadata", "course_id program_id program_type program_title", ""),
    "ProblemFirstLastResponseAnswerDistribution": (
        "answer_distribution",
        "course_id module_id part_id first_response_count last_response_count",
        "correct value_id answer_value_text variant problem_display_name question_text",
    ),
    "GradeDistribution": ("grade_distribution", "course_id module_id count", "grade max_grade"),
    "SequentialOpenDistribution": ("sequential_open_distribution", "course_id module_id count", ""),
    "ProblemsAndTags": (
        "tags_distribution",
        "course_id module_id tag_name tag_value total_submissions correct_submissions",
        "",
    ),
    "Video": (
        "video",
        "course_id pipeline_video_id encoded_module_id segment_length users_at_start",
        "duration users_at_end",
    ),
    "VideoTimeline": ("video_timeline", "pipeline_video_id segment num_users", "num_views"),
    "ModuleEngagement": ("module_engagement", "course_id username date entity_type entity_id event count", ""),
    "ModuleEngagementMetricRanges": (
        "module_engagement_metric_ranges",
        "course_id start_date end_date metric range_type",
        "low_value high_value",
    ),
}
# The ids in URLs. An index begins with each, so that a request costs what its own rows cost.
IDS_OF_URLS = {"course_id": "courses", "module_id": "problems", "pipeline_video_id": "videos"}
# Ids without an index of their own, each with the reason.
WITHOUT_INDEX = {
    ("tags_distribution", "module_id"): "asked for by course only",
}


@pytest.mark.parametrize("name, table, columns, nullable", [(name, *rest) for name, rest in TABLES.items()])
@pytest.mark.django_db(databases="__all__")
class TestTable:
    def test_model(self, name, table, columns, nullable):
        model = getattr(models, name)
        assert model._meta.db_table == table
        fields = {field.column: field.null for field in model._meta.fields}
        assert {column for column, null in fields.items() if not null} == COMMON | set(columns.split())
        assert {column for column, null in fields.items() if null} == set(nullable.split())

    @pytest.mark.parametrize("using", ["analytics", "analytics_v1"])
    def test_database(self, name, table, columns, nullable, using):
        connection = connections[using]
        with connection.cursor() as cursor:
            stored = {
                column.name: bool(column.null_ok)
                for column in connection.introspection.get_table_description(cursor, table)
            }
        assert stored == {
            **dict.fromkeys(COMMON | set(columns.split()), False),
            **dict.fromkeys(nullable.split(), True),
        }

    def test_created_is_now_unless_told(self, name, table, columns, nullable):
        connection = connections["analytics"]
        quote = connection.ops.quote_name
        model = getattr(models, name)
        names = [field.column for field in model._meta.fields if field.column not in COMMON and not field.null]
        zeros = ["'2014-01-01'" if "date" in name or "interval" in name else "0" for name in names]
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {quote(table)} ({', '.join(map(quote, names))}) VALUES ({', '.join(zeros)})")
        assert model.objects.using("analytics").get().created.year >= 2024


def pipeline_models():
    return [model for model in apps.get_app_config("v0").get_models() if issubclass(model, PipelineTable)]


def test_there_are_no_other_tables_of_the_pipeline():
    managed = {model.__name__ for model in pipeline_models() if model._meta.managed}
    assert managed == set(TABLES)


@pytest.mark.parametrize("model", [*apps.get_app_config("v0").get_models()], ids=lambda model: model.__name__)
def test_every_column_says_what_it_is(model):
    silent = [field.name for field in model._meta.fields if not field.help_text and field.name != "pk"]
    assert silent == []
    assert model.__doc__ and not model.__doc__.startswith(f"{model.__name__}(")


@pytest.mark.parametrize("model", pipeline_models(), ids=lambda model: model.__name__)
def test_an_index_begins_with_each_id_of_a_url(model):
    if not model._meta.managed:
        pytest.skip("its table is another model's")
    columns = {field.column for field in model._meta.fields}
    begins = {index.fields[0] for index in model._meta.indexes}
    for column in columns & set(IDS_OF_URLS):
        assert (column in begins) != ((model._meta.db_table, column) in WITHOUT_INDEX), column
