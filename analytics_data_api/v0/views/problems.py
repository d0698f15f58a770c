"""Answers to problems, their grades, and views of subsections."""

from analytics_data_api.v0.params.problems import ModuleFilters
from analytics_data_api.v0.queries import problems as queries
from analytics_data_api.v0.serializers import problems as serializers
from analytics_data_api.web.views import CourseView, RowsView


class ProblemResponseAnswerDistributionView(RowsView):
    """Get the distribution of learners' answers to a problem.

    One object for each answer to each part of the problem, ordered by course, part, value_id (typed answers last), answer
    and variant. Where the answers to the variants of a randomized problem differ in nothing but the variant, they are
    summed up: `consolidated_variant` is true and `variant` null. Several answers at once read `[a|b]`.
    """

    parameters = ModuleFilters
    leaves_out_courses = True
    serializer_class = serializers.ProblemResponseAnswerDistributionSerializer

    def rows(self, problem_id, parameters):
        return queries.answer_distribution(
            problem_id=problem_id, course_id=parameters, allowed=self.access.courses, using=self.using
        )


class GradeDistributionView(RowsView):
    """Get the distribution of grades for a problem.

    One object for each grade, in ascending order.
    """

    parameters = ModuleFilters
    leaves_out_courses = True
    serializer_class = serializers.GradeDistributionSerializer

    def rows(self, problem_id, parameters):
        return queries.grade_distribution(
            problem_id=problem_id, course_id=parameters, allowed=self.access.courses, using=self.using
        )


class SequentialOpenDistributionView(RowsView):
    """Get the number of views of a subsection (sequential).

    One object for each course that has a subsection of this id.
    """

    parameters = ModuleFilters
    leaves_out_courses = True
    serializer_class = serializers.SequentialOpenDistributionSerializer

    def rows(self, module_id, parameters):
        return queries.sequential_open_distribution(
            module_id=module_id, course_id=parameters, allowed=self.access.courses, using=self.using
        )


class ProblemsListView(CourseView):
    """Get the problems of a course with the number of answers submitted.

    One object a problem, ordered by module_id. A problem of several parts has as many submissions as its parts on
    average, rounded down.
    """

    serializer_class = serializers.ProblemSerializer
    slug = "problems"

    def rows(self, course_id, parameters):
        return queries.problems(course_id=course_id, using=self.using)


class ProblemsAndTagsListView(CourseView):
    """Get the problems of a course that bear tags, with the number of answers submitted.

    One object a problem, ordered by module_id.
    """

    serializer_class = serializers.ProblemsAndTagsSerializer
    slug = "problems-and-tags"

    def rows(self, course_id, parameters):
        return queries.problems_and_tags(course_id=course_id, using=self.using)
