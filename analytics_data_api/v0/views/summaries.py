"""All courses: summaries, totals and programs."""

from analytics_data_api.constants import PROGRAMS, SUMMARY_FIELDS
from analytics_data_api.v0.params.summaries import (
    CourseSummariesParameters,
    CourseTotalsParameters,
    ProgramsParameters,
)
from analytics_data_api.v0.queries import summaries as queries
from analytics_data_api.v0.serializers import summaries as serializers
from analytics_data_api.web.pagination import PageLinks
from analytics_data_api.web.picked import PickedFields
from analytics_data_api.web.postable import PostableView, consumed
from analytics_data_api.web.traits import Traits


class CourseSummariesView(PostableView):
    """Get a summary of each course: its catalog entry and its enrollment, also by enrollment mode.

    One object per course, ordered by course_id unless `order_by` names another field. `professional` includes the
    learners of `no-id-professional`. The key `programs` is only there if the parameter `programs` is.

    With `page` or `page_size` the response is an object with `count`, `num_pages`, `next`, `previous` and `results`, and
    has a Link header. Otherwise, and with `all`, it is a list. `next` and `previous` repeat all of the request; they are
    null if the body of a POST is too long for a URL.
    """

    parameters = CourseSummariesParameters
    serializer_class = serializers.CourseSummarySerializer
    traits = Traits(is_paged=True, filters_courses=True)

    def respond(self, parameters):
        rows = queries.course_summaries(query=parameters, scope=self.scope)
        links = parameters.page and PageLinks(parameters.page, len(rows), self.url_of_request())
        if links:
            rows = rows[links.page.start :][: links.page.size]
        fields = parameters.picked.fields or SUMMARY_FIELDS
        if not parameters.with_programs:
            fields = [name for name in fields if name != PROGRAMS]
        is_ordered = parameters.picked.fields is not None
        picked = PickedFields(
            self.serializer_class, fields=fields, exclude=parameters.picked.exclude, is_ordered=is_ordered
        )
        may_be_empty = parameters.may_be_empty
        return self.response(consumed(rows), serializer=picked, links=links, may_be_empty=may_be_empty)


class CourseTotalsView(PostableView):
    """Get the enrollment of all courses, or of the named ones, in total.

    One object. Courses without data count as 0.
    """

    parameters = CourseTotalsParameters
    serializer_class = serializers.CourseTotalsSerializer
    query = queries.course_totals
    traits = Traits(many=False, filters_courses=True)


class ProgramsView(PostableView):
    """Get the programs and their courses.

    One object per program, ordered by program_id.
    """

    parameters = ProgramsParameters
    serializer_class = serializers.ProgramSerializer
    traits = Traits(filters_courses=True)

    def respond(self, parameters):
        rows = queries.program_rows(program_ids=parameters.program_ids, scope=self.scope)
        is_ordered = parameters.picked.fields is not None
        picked = PickedFields(
            self.serializer_class,
            fields=parameters.picked.fields,
            exclude=parameters.picked.exclude,
            is_ordered=is_ordered,
        )
        return self.response(rows, serializer=picked)
