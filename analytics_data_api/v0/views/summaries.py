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
from analytics_data_api.web.postable import PickedView, PostableView


class CourseSummariesView(PickedView):
    """Get a summary of each course: its catalog entry and its enrollment, by enrollment mode as well.

    One object a course, ordered by course_id unless `order_by` says otherwise. Learners of `no-id-professional` are
    counted in `professional`. `programs` is there only where the parameter of that name asks for it.

    With `page` or `page_size` the answer is an object with `count`, `num_pages`, `next`, `previous` and `results`, and a
    Link header; else, and with `all`, it is a list. A POST of the same body to `next` is the next page.
    """

    parameters = CourseSummariesParameters
    leaves_out_courses = True
    serializer_class = serializers.CourseSummarySerializer
    is_paged = True

    def respond(self, parameters):
        rows = queries.course_summaries(query=parameters, allowed=self.access.courses, using=self.using)
        links = parameters.page and PageLinks(parameters.page, len(rows), self.request.build_absolute_uri())
        if links:
            links.refuse_missing_page()
            rows = rows[links.page.start :][: links.page.size]
        fields = parameters.picked.fields or SUMMARY_FIELDS
        if not parameters.with_programs:
            fields = [name for name in fields if name != PROGRAMS]
        picked = PickedFields(self.serializer_class, fields=fields, exclude=parameters.picked.exclude)
        return self.answer(rows, picked, links=links, may_be_empty=parameters.may_be_empty)


class CourseTotalsView(PostableView):
    """Get the enrollment of all courses together, or of those that are named.

    One object. Courses without data count as 0.
    """

    parameters = CourseTotalsParameters
    leaves_out_courses = True
    serializer_class = serializers.CourseTotalsSerializer
    many = False

    def rows(self, parameters):
        return queries.course_totals(course_ids=parameters, allowed=self.access.courses, using=self.using)


class ProgramsView(PickedView):
    """Get the programs and their courses.

    One object a program, ordered by program_id.
    """

    parameters = ProgramsParameters
    leaves_out_courses = True
    serializer_class = serializers.ProgramSerializer

    def respond(self, parameters):
        found = queries.program_rows(program_ids=parameters.program_ids, allowed=self.access.courses, using=self.using)
        rows = list(found)
        picked = PickedFields(self.serializer_class, fields=parameters.picked.fields, exclude=parameters.picked.exclude)
        return self.answer(rows, picked)
