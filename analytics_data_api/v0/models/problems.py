"""Answers to problems, their grades and tags, and views of subsections."""

from django.db import models

from analytics_data_api.sql.models import PipelineTable, course_id_field, row_indexes


class AnswerDistribution(PipelineTable):
    """What both shapes of the table ``answer_distribution`` have."""

    course_id = course_id_field()
    module_id = models.CharField(max_length=255, help_text="Id of the problem.")
    part_id = models.CharField(max_length=255, help_text="Id of the part of the problem.")
    correct = models.BooleanField(null=True, help_text="Whether the answer is correct; null: unknown.")
    value_id = models.CharField(
        max_length=255, null=True, help_text="Id of the choice, or several as a list; null: the answer was typed."
    )
    answer_value = models.TextField(
        db_column="answer_value_text", null=True, help_text="Text of the answer, or several as a list."
    )
    variant = models.IntegerField(null=True, help_text="Random seed of a randomized problem; null: not randomized.")
    problem_display_name = models.TextField(null=True, help_text="Display name of the problem.")
    question_text = models.TextField(null=True, help_text="Text of the question.")

    class Meta:
        abstract = True


class ProblemFirstLastResponseAnswerDistribution(AnswerDistribution):
    """How many learners gave an answer to a part of a problem, at first and at last."""

    first_response_count = models.IntegerField(help_text="Learners whose first response this answer was.")
    last_response_count = models.IntegerField(help_text="Learners whose most recent response this answer was.")

    class Meta:
        db_table = "answer_distribution"
        indexes = [
            *row_indexes("answer_distribution", "module_id"),
            models.Index(fields=["course_id", "module_id", "part_id"], name="answer_distribution_problems"),
        ]


class ProblemResponseAnswerDistribution(AnswerDistribution):
    """The same table in older databases, which count the most recent responses only."""

    count = models.IntegerField(help_text="Learners whose most recent response this answer was.")

    class Meta:
        db_table = "answer_distribution"
        managed = False


class GradeDistribution(PipelineTable):
    """How many learners got a grade for a problem."""

    course_id = course_id_field()
    module_id = models.CharField(max_length=255, help_text="Id of the problem.")
    grade = models.FloatField(null=True, help_text="Grade, in points.")
    max_grade = models.FloatField(null=True, help_text="Highest possible grade of the problem, in points.")
    count = models.IntegerField(help_text="Learners who got this grade.")

    class Meta:
        db_table = "grade_distribution"
        indexes = row_indexes("grade_distribution", "module_id")


class SequentialOpenDistribution(PipelineTable):
    """How many learners opened a subsection."""

    course_id = course_id_field()
    module_id = models.CharField(max_length=255, help_text="Id of the subsection (sequential).")
    count = models.IntegerField(help_text="Views of the subsection.")

    class Meta:
        db_table = "sequential_open_distribution"
        indexes = row_indexes("sequential_open", "module_id")


class ProblemsAndTags(PipelineTable):
    """How often the problems that bear a tag were answered."""

    course_id = course_id_field()
    module_id = models.CharField(max_length=255, help_text="Id of the problem.")
    tag_name = models.CharField(max_length=255, help_text="Name of the tag, such as difficulty.")
    tag_value = models.CharField(max_length=255, help_text="Value of the tag, such as Easy.")
    total_submissions = models.IntegerField(help_text="Answers submitted to the problem.")
    correct_submissions = models.IntegerField(help_text="Correct answers submitted to the problem.")

    class Meta:
        db_table = "tags_distribution"
        indexes = row_indexes("tags_distribution", "course_id", "module_id")
