"""Responses about videos."""

from analytics_data_api.v0.models import Video, VideoTimeline
from analytics_data_api.web.serializers import RowSerializer


class VideoSerializer(RowSerializer):
    class Meta:
        model = Video
        fields = (
            *("pipeline_video_id", "encoded_module_id", "duration", "segment_length"),
            *("users_at_start", "users_at_end", "created"),
        )


class VideoTimelineSerializer(RowSerializer):
    class Meta:
        model = VideoTimeline
        fields = ("segment", "num_users", "num_views", "created")
