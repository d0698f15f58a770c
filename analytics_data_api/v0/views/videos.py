"""Videos of a course and their timelines."""

from analytics_data_api.v0.params.videos import TimelineFilters
from analytics_data_api.v0.queries import videos as queries
from analytics_data_api.v0.serializers import videos as serializers
from analytics_data_api.web.traits import Traits
from analytics_data_api.web.views import CourseView, RowsView


class VideosListView(CourseView):
    """Get the videos of a course.

    One object per video, ordered by pipeline_video_id.
    """

    serializer_class = serializers.VideoSerializer
    query = queries.videos_of_course
    slug = "videos"


class VideoTimelineView(RowsView):
    """Get the counts of users and views for each segment of a video.

    One object per segment, in ascending order. The id is the pipeline_video_id in the course's list of videos.
    """

    parameters = TimelineFilters
    serializer_class = serializers.VideoTimelineSerializer
    query = queries.video_timeline
    traits = Traits(filters_courses=True)
