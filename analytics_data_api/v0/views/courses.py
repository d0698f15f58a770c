"""A course's weekly activity and reports. The seed documents name all views of a course in this module."""

from functools import partial

from analytics_data_api.errors import CannotCreateReportDownloadLink, ReportFileNotFound
from analytics_data_api.v0.params.courses import ActivityFilters, ActivityTypeParameters
from analytics_data_api.v0.queries import courses as queries
from analytics_data_api.v0.queries import reports
from analytics_data_api.v0.serializers import courses as serializers
from analytics_data_api.v0.views.enrollment import (  # noqa: F401
    CourseEnrollmentByBirthYearView,
    CourseEnrollmentByEducationView,
    CourseEnrollmentByGenderView,
    CourseEnrollmentByLocationView,
    CourseEnrollmentModeView,
    CourseEnrollmentView,
)
from analytics_data_api.v0.views.problems import ProblemsAndTagsListView, ProblemsListView  # noqa: F401
from analytics_data_api.v0.views.user_engagement import UserEngagementView  # noqa: F401
from analytics_data_api.v0.views.videos import VideosListView  # noqa: F401
from analytics_data_api.web.public_urls import public_url
from analytics_data_api.web.traits import Personal, Traits
from analytics_data_api.web.views import CourseView


class CourseActivityWeeklyView(CourseView):
    """Get counts of learners who performed specific activities in a course, by week.

    One object per week, in ascending order. An object does not have the activities that were not counted in its week.
    With neither start_date nor end_date the latest computed week is returned.
    """

    parameters = ActivityFilters
    serializer_class = serializers.CourseActivityWeeklySerializer
    query = queries.course_activity
    slug = "engagement-activity"


class CourseActivityMostRecentWeekView(CourseView):
    """Get the count of learners who performed an activity at least once in the most recently computed week.

    One object: the latest week in which this activity was counted.
    """

    parameters = ActivityTypeParameters
    serializer_class = serializers.CourseActivityMostRecentWeekSerializer
    query = queries.recent_activity
    traits = Traits(many=False)


class CourseReportView(CourseView):
    """Get a download link to a report on a course. A report is personal data, because it may name learners.

    One object. `last_modified`, `expiration_date` and `file_size` are absent if the file storage does not know them.
    Each request returns a new link if links expire.
    """

    serializer_class = serializers.CourseReportSerializer
    traits = Traits(
        many=False,
        personal=Personal.ALWAYS,
        not_found=(ReportFileNotFound,),
        other_errors=(CannotCreateReportDownloadLink,),
    )
    example = {
        "course_id": "edX/DemoX/Demo_Course",
        "report_name": "problem_response",
        "download_url": "https://analytics.example.com/reports/download/ImVkWF9EZW1v.../",
        "last_modified": "2014-12-10T193146",
        "expiration_date": "2014-12-11T080200",
        "file_size": 4096,
    }

    def rows(self, course_id, report_name, parameters):
        found = reports.report_of(
            course_id, report_name, access=self.access, using=self.using, absolute_url=partial(public_url, self.request)
        )
        return [(course_id, report_name, *found)]
