"""All courses that the reader may see."""

from django.utils.translation import gettext_lazy

from analytics_data_api.pages.views import HtmlPage
from analytics_data_api.v0.params.summaries import CourseSummariesParameters
from analytics_data_api.v0.queries import summaries
from analytics_data_api.v0.serializers.summaries import CourseSummarySerializer
from analytics_data_api.web.traits import Traits


class CoursesPage(HtmlPage):
    """The courses with search, filters and totals."""

    title = gettext_lazy("Courses")
    template_name = "pages/courses.html"
    parameters_class = CourseSummariesParameters
    traits = Traits(is_paged=True, filters_courses=True)

    def context(self):
        rows = summaries.course_summaries(query=self.parameters, scope=self.scope)
        return {"courses": CourseSummarySerializer.to_dicts(rows)}
