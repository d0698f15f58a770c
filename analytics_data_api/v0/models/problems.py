"""Answers, grades and tags of problems, and views of subsections."""

from django.db import models

from analytics_data_api.sql.models import CourseTable, row_indexes, text_field


class AnswerDistribution(CourseTable):
    """The columns that both shapes of the table ``answer_distribution`` share."""

    module_id = text_field("Id of the problem.")
    part_id = text_field("Id of the part of the problem.")
    correct = models.BooleanField(null=True, help_text="True if the answer is correct; null if unknown.")
    value_id = text_field(
        "Id of the choice, or a list of several ids; null if the learner typed the answer.", null=True
    )
    answer_value = models.TextField(
        db_column="answer_value_text", null=True, help_text="Text of the answer, or a list of several texts."
    )
    variant = models.IntegerField(null=True, help_text="Random seed of a randomized problem; null if not randomized.")
    problem_display_name = models.TextField(null=True, help_text="Display name of the problem.")
    question_text = models.TextField(null=True, help_text="Text of the question.")

    class Meta:
        abstract = True


class ProblemFirstLastResponseAnswerDistribution(AnswerDistribution):
    """Learners who gave an answer to a part of a problem, in their first and in their latest response."""

    first_response_count = models.IntegerField(help_text="Learners whose first response was this answer.")
    last_response_count = models.IntegerField(help_text="Learners whose most recent response was this answer.")

    class Meta:
        db_table = "answer_distribution"
        indexes = [
            *row_indexes("answer_distribution", "module_id"),
            models.Index(fields=["course_id", "module_id", "part_id"], name="answer_distribution_problems"),
        ]


class ProblemResponseAnswerDistribution(AnswerDistribution):
    """The older shape of the table, which counts the latest responses only."""

    count = models.IntegerField(help_text="Learners whose most recent response was this answer.")

    class Meta:
        db_table = "answer_distribution"
        managed = False


class GradeDistribution(CourseTable):
    """Learners who got a grade for a problem."""

    module_id = text_field("Id of the problem.")
    grade = models.FloatField(null=True, help_text="Grade, in points.")
    max_grade = models.FloatField(null=True, help_text="Highest possible grade of the problem, in points.")
    count = models.IntegerField(help_text="Learners who got this grade.")

    class Meta:
        db_table = "grade_distribution"
        indexes = row_indexes("grade_distribution", "module_id")


class SequentialOpenDistribution(CourseTable):
    """Views of a subsection."""

    module_id = text_field("Id of the subsection (sequential).")
    count = models.IntegerField(help_text="Views of the subsection.")

    class Meta:
        db_table = "sequential_open_distribution"
        indexes = row_indexes("sequential_open", "module_id")


class ProblemsAndTags(CourseTable):
    """Answers to the problems with a tag."""

    module_id = text_field("Id of the problem.")
    tag_name = text_field("Name of the tag, such as difficulty.")
    tag_value = text_field("Value of the tag, such as Easy.")
    total_submissions = models.IntegerField(help_text="Answers submitted to the problem.")
    correct_submissions = models.IntegerField(help_text="Correct answers submitted to the problem.")

    class Meta:
        db_table = "tags_distribution"
        indexes = row_indexes("tags_distribution", "course_id", "module_id")
