"""Answers to problems, their grades, and views of subsections."""

from analytics_data_api.v0.params.problems import ModuleFilters
from analytics_data_api.v0.queries import problems as queries
from analytics_data_api.v0.serializers import problems as serializers
from analytics_data_api.web.traits import Traits
from analytics_data_api.web.views import CourseView, RowsView


class ProblemResponseAnswerDistributionView(RowsView):
    """Get the distribution of learners' answers to a problem.

    One object for each answer to each part of the problem, ordered by course, part, value_id (typed answers last), answer
    and variant. Answers to a randomized problem that differ only in the variant are summed up: `consolidated_variant` is
    true and `variant` is null. An answer with several choices reads `[a|b]`.
    """

    parameters = ModuleFilters
    serializer_class = serializers.ProblemResponseAnswerDistributionSerializer
    traits = Traits(filters_courses=True)

    def rows(self, problem_id, parameters):
        return queries.answers_to_problem(
            problem_id=problem_id, course_id=parameters, allowed=self.access.courses, using=self.using
        )


class GradeDistributionView(RowsView):
    """Get the distribution of grades for a problem.

    One object for each grade, in ascending order.
    """

    parameters = ModuleFilters
    serializer_class = serializers.GradeDistributionSerializer
    traits = Traits(filters_courses=True)

    def rows(self, problem_id, parameters):
        return queries.grades_of_problem(
            problem_id=problem_id, course_id=parameters, allowed=self.access.courses, using=self.using
        )


class SequentialOpenDistributionView(RowsView):
    """Get the number of views of a subsection (sequential).

    One object for each course that has a subsection with this id.
    """

    parameters = ModuleFilters
    serializer_class = serializers.SequentialOpenDistributionSerializer
    traits = Traits(filters_courses=True)

    def rows(self, module_id, parameters):
        return queries.views_of_subsection(
            module_id=module_id, course_id=parameters, allowed=self.access.courses, using=self.using
        )


class ProblemsListView(CourseView):
    """Get the problems of a course with the number of answers submitted.

    One object per problem, ordered by module_id. The submissions of a problem with several parts are the mean over its
    parts, rounded down.
    """

    serializer_class = serializers.ProblemSerializer
    slug = "problems"

    def rows(self, course_id, parameters):
        return queries.problems_of_course(course_id=course_id, using=self.using)


class ProblemsAndTagsListView(CourseView):
    """Get the tagged problems of a course with the number of answers submitted.

    One object per problem, ordered by module_id.
    """

    serializer_class = serializers.ProblemsAndTagsSerializer
    slug = "problems-and-tags"

    def rows(self, course_id, parameters):
        return queries.problems_and_tags(course_id=course_id, using=self.using)
