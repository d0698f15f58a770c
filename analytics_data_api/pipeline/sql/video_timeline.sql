-- video_timeline: one row per video and watched segment, up to the video's end.
--
-- num_users: different learners who watched the segment. num_views: viewings of it. Segments that nobody watched have no
-- row.
SELECT
    video_segments.course_id,
    video_segments.course_id || '|' || video_segments.encoded_module_id AS pipeline_video_id,
    video_segments.segment,
    video_segments.num_users,
    video_segments.num_views
FROM video_segments
JOIN video_ends
    ON video_ends.course_id = video_segments.course_id
    AND video_ends.encoded_module_id = video_segments.encoded_module_id
WHERE video_segments.segment <= video_ends.last_segment
