"""Videos of a course and their views."""

from django.db import models

from analytics_data_api.sql.models import CourseTable, PipelineTable, row_indexes, text_field


class Video(CourseTable):
    """A video of a course with the learners who watched its start and its end."""

    pipeline_video_id = text_field("Id of the video in these tables: the course id, a bar and the encoded module id.")
    encoded_module_id = text_field("Id of the video's module, encoded for use in HTML.")
    duration = models.IntegerField(null=True, help_text="Length of the video in seconds; null if unknown.")
    segment_length = models.IntegerField(help_text="Length of a segment of the timeline in seconds.")
    users_at_start = models.IntegerField(help_text="Learners who watched the start of the video.")
    users_at_end = models.IntegerField(
        null=True, help_text="Learners who watched the end of the video; null if unknown."
    )

    class Meta:
        db_table = "video"
        indexes = [
            *row_indexes("video", "course_id"),
            models.Index(fields=["pipeline_video_id"], name="video_pipeline_video_id"),
        ]


class VideoTimeline(PipelineTable):
    """Views of a segment of a video."""

    pipeline_video_id = text_field("Id of the video in these tables.")
    segment = models.IntegerField(help_text="Number of the segment, from 0 at the start of the video.")
    num_users = models.IntegerField(help_text="Unique learners who watched the segment.")
    num_views = models.IntegerField(null=True, help_text="Views of the segment; null if unknown.")

    class Meta:
        db_table = "video_timeline"
        indexes = [
            models.Index(fields=["pipeline_video_id", "segment"], name="video_timeline_key"),
            models.Index(fields=["created"], name="video_timeline_created"),
        ]
