from django.urls import path

from analytics_data_api.v0.views import videos as views

urlpatterns = [path("<id:video_id>/timeline/", views.VideoTimelineView.as_view())]
