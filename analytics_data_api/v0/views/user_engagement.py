"""Engagement of the learners of a course, summed up."""

from datetime import UTC, datetime

from analytics_data_api.v0.queries import user_engagement as queries
from analytics_data_api.v0.serializers import user_engagement as serializers
from analytics_data_api.web.views import CourseView


class UserEngagementView(CourseView):
    """Get how much each learner of a course did, overall and in the last week.

    One object a learner, ordered by username. The last week is the seven days that end with today, UTC.
    """

    serializer_class = serializers.UserEngagementSerializer
    slug = "user-engagement"
    is_personal = True

    def rows(self, course_id, parameters):
        return queries.user_engagement(course_id=course_id, today=datetime.now(UTC).date(), using=self.using)
