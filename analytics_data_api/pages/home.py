"""The first page of a course: what it is, how it goes, and where to find more."""

from django.utils.translation import gettext_lazy

from analytics_data_api.pages.enrollment import daily_tracks, enrollment_cards
from analytics_data_api.pages.sections import Content
from analytics_data_api.pages.views import CoursePage


class CourseHomePage(CoursePage):
    """A course at a glance."""

    name = "course"
    title = gettext_lazy("Overview")
    template_name = "pages/home.html"

    def content(self):
        from analytics_data_api.pages.enrollment import complete_days
        from analytics_data_api.web.times import Window

        rows = daily_tracks(self.course_id, complete_days(Window()), self.scope)
        last = rows[-1] if rows else {}
        return Content(cards=enrollment_cards(rows), up_to=last.get("date"), computed=last.get("created"))
