-- video: one row per course and video that anybody watched.
--
-- users_at_start: different learners who watched the first 5 seconds. users_at_end: those who watched the segment at 95 % of
-- the video, or 30 seconds before its end if that is later; 0 if nobody did.
WITH ends AS (
    SELECT
        course_id,
        encoded_module_id,
        duration,
        last_segment,
        CAST(FLOOR(FLOOR(GREATEST(duration - 30, duration * CAST(0.95 AS DOUBLE))) / 5) AS INTEGER) AS end_segment
    FROM video_ends
)
SELECT
    ends.course_id,
    ends.course_id || '|' || ends.encoded_module_id AS pipeline_video_id,
    ends.encoded_module_id,
    CAST(FLOOR(MAX(ends.duration)) AS INTEGER) AS duration,
    5 AS segment_length,
    COALESCE(MAX(CASE WHEN video_segments.segment = 0 THEN num_users END), 0) AS users_at_start,
    COALESCE(MAX(CASE WHEN video_segments.segment = ends.end_segment THEN num_users END), 0) AS users_at_end,
    CAST(5 * SUM(CASE WHEN video_segments.segment <= ends.last_segment THEN num_views ELSE 0 END) AS BIGINT)
        AS total_viewed_seconds
FROM ends
JOIN video_segments
    ON video_segments.course_id = ends.course_id AND video_segments.encoded_module_id = ends.encoded_module_id
GROUP BY ends.course_id, ends.encoded_module_id
