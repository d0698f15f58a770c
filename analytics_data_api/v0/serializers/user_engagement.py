"""Responses about the engagement of the learners of a course."""

from rest_framework import serializers

from analytics_data_api.web.serializers import RowFields

LAST_WEEK = "The same in the seven days up to and including today, UTC."


class UserEngagementSerializer(RowFields):
    username = serializers.CharField(max_length=255, help_text="Username of the learner.")
    videos_overall = serializers.IntegerField(help_text="Views of videos.")
    videos_last_week = serializers.IntegerField(help_text=LAST_WEEK)
    problems_overall = serializers.IntegerField(
        help_text="Checks of problems; a correct check counts twice, as attempted and as completed."
    )
    problems_last_week = serializers.IntegerField(help_text=LAST_WEEK)
    correct_problems_overall = serializers.IntegerField(help_text="Correct checks of problems.")
    correct_problems_last_week = serializers.IntegerField(help_text=LAST_WEEK)
    problems_attempts_overall = serializers.IntegerField(help_text="Checks of problems, each counted once.")
    problems_attempts_last_week = serializers.IntegerField(help_text=LAST_WEEK)
    forum_posts_overall = serializers.IntegerField(help_text="Contributions to discussions.")
    forum_posts_last_week = serializers.IntegerField(help_text=LAST_WEEK)
    date_last_active = serializers.DateField(help_text="Latest day of any activity, UTC.")
