from django.conf import settings
from django.urls import path

from analytics_data_api.v0.views import learners as views

timeline_urls = [path("<id:username>/", views.EngagementTimelineView.as_view())]
metadata_urls = [path("<id:course_id>/", views.CourseLearnerMetadataView.as_view())]
# Longer paths first: a username could swallow their beginning.
learner_urls = [
    path("engagement_timelines/<id:username>/", views.EngagementTimelineView.as_view()),
    path("courses/<id:course_id>/", views.CourseLearnerMetadataView.as_view()),
    path("<id:username>/", views.LearnerView.as_view()),
    path("", views.LearnerListView.as_view()),
]

if not settings.PERSONAL_DATA:
    timeline_urls = []
    learner_urls = [pattern for pattern in learner_urls if not pattern.callback.cls.is_personal]
