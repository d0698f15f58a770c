"""Summed-up engagement of a course's learners."""

from analytics_data_api.v0.queries import user_engagement as queries
from analytics_data_api.v0.serializers import user_engagement as serializers
from analytics_data_api.web.times import current_day
from analytics_data_api.web.traits import Personal, Traits
from analytics_data_api.web.views import CourseView


class UserEngagementView(CourseView):
    """Get the engagement of each learner of a course, overall and in the last week.

    One object per learner, ordered by username. The last week is the seven days up to today, UTC.
    """

    serializer_class = serializers.UserEngagementSerializer
    slug = "user-engagement"
    traits = Traits(personal=Personal.ALWAYS)

    def rows(self, course_id, parameters):
        return queries.user_engagement(course_id=course_id, today=current_day(), scope=self.scope)
