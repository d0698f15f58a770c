"""Answers to problems, their grades, and views of subsections."""

from analytics_data_api.v0.params.problems import ModuleFilters
from analytics_data_api.v0.queries import problems as queries
from analytics_data_api.v0.serializers import problems as serializers
from analytics_data_api.web.traits import Traits
from analytics_data_api.web.views import CourseView, RowsView


class ModuleView(RowsView):
    """The base of the views of a module, whose id may occur in several courses."""

    parameters = ModuleFilters
    traits = Traits(filters_courses=True)


class ProblemResponseAnswerDistributionView(ModuleView):
    """Get the distribution of learners' answers to a problem.

    One object for each answer to each part of the problem, ordered by course, part, value_id (typed answers last), answer
    and variant. Answers to a randomized problem that differ only in the variant are summed up: `consolidated_variant` is
    true and `variant` is null. An answer with several choices reads `[a|b]`.
    """

    query = queries.answers_to_problem
    serializer_class = serializers.ProblemResponseAnswerDistributionSerializer


class GradeDistributionView(ModuleView):
    """Get the distribution of grades for a problem.

    One object for each grade, in ascending order.
    """

    query = queries.grades_of_problem
    serializer_class = serializers.GradeDistributionSerializer


class SequentialOpenDistributionView(ModuleView):
    """Get the number of views of a subsection (sequential).

    One object for each course that has a subsection with this id.
    """

    query = queries.views_of_subsection
    serializer_class = serializers.SequentialOpenDistributionSerializer


class ProblemsListView(CourseView):
    """Get the problems of a course with the number of answers submitted.

    One object per problem, ordered by module_id. The submissions of a problem with several parts are the mean over its
    parts, rounded down.
    """

    serializer_class = serializers.ProblemSerializer
    query = queries.problems_of_course
    slug = "problems"


class ProblemsAndTagsListView(CourseView):
    """Get the tagged problems of a course with the number of answers submitted.

    One object per problem, ordered by module_id.
    """

    serializer_class = serializers.ProblemsAndTagsSerializer
    query = queries.problems_and_tags
    slug = "problems-and-tags"
