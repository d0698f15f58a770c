"""Weekly activity of a course; its other views are imported here, where the documents place them."""

from analytics_data_api.v0.params.courses import ActivityTypeParameters
from analytics_data_api.v0.params.windows import WeekWindow
from analytics_data_api.v0.queries import courses as queries
from analytics_data_api.v0.serializers import courses as serializers
from analytics_data_api.v0.views.base import CourseView
from analytics_data_api.v0.views.enrollment import (
    CourseEnrollmentByBirthYearView,
    CourseEnrollmentByEducationView,
    CourseEnrollmentByGenderView,
    CourseEnrollmentByLocationView,
    CourseEnrollmentModeView,
    CourseEnrollmentView,
)
from analytics_data_api.v0.views.problems import ProblemsAndTagsListView, ProblemsListView
from analytics_data_api.v0.views.user_engagement import UserEngagementView
from analytics_data_api.v0.views.videos import VideosListView

__all__ = [
    "CourseActivityMostRecentWeekView",
    "CourseActivityWeeklyView",
    "CourseEnrollmentByBirthYearView",
    "CourseEnrollmentByEducationView",
    "CourseEnrollmentByGenderView",
    "CourseEnrollmentByLocationView",
    "CourseEnrollmentModeView",
    "CourseEnrollmentView",
    "ProblemsAndTagsListView",
    "ProblemsListView",
    "UserEngagementView",
    "VideosListView",
]


class CourseActivityWeeklyView(CourseView):
    """Get counts of learners who performed specific activities in a course, by week.

    One object a week, in ascending order. A kind of activity that was not counted in a week is left out of its object.
    With neither start_date nor end_date the latest computed week is returned.
    """

    parameters = WeekWindow
    serializer_class = serializers.CourseActivityWeeklySerializer
    slug = "engagement-activity"

    def rows(self, course_id, parameters):
        return queries.weekly_activity(course_id=course_id, window=parameters, using=self.using)


class CourseActivityMostRecentWeekView(CourseView):
    """Get the count of learners who performed an activity at least once in the most recently computed week.

    One object: the latest week in which this kind of activity was counted.
    """

    parameters = ActivityTypeParameters
    serializer_class = serializers.CourseActivityMostRecentWeekSerializer
    many = False

    def rows(self, course_id, parameters):
        return queries.recent_activity(course_id=course_id, activity_type=parameters, using=self.using)
