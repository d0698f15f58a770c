-- Video ends: one row per watched video with its duration and the last segment that its timeline shows.
--
-- The log knows a duration only if every viewing does. Otherwise the LMS's length of the video counts (course_blocks), and if
-- there is none either, the video is taken to end where, walking down from its last
-- watched segment, the users first drop to a twentieth of those of the watched segment before.
WITH lengths AS (
    SELECT
        course_id,
        encoded_module_id,
        CASE WHEN COUNT(duration) = COUNT(*) THEN MAX(duration) END AS logged_duration
    FROM video_viewings
    GROUP BY course_id, encoded_module_id
),
durations AS (
    SELECT
        lengths.course_id,
        lengths.encoded_module_id,
        COALESCE(lengths.logged_duration, video_lengths.duration) AS duration
    FROM lengths
    LEFT JOIN video_lengths
        ON video_lengths.course_id = lengths.course_id
        AND video_lengths.encoded_module_id = lengths.encoded_module_id
),
followed AS (
    SELECT
        course_id,
        encoded_module_id,
        segment,
        num_users,
        LEAD(num_users) OVER (PARTITION BY course_id, encoded_module_id ORDER BY segment) AS users_after
    FROM video_segments
),
drops AS (
    SELECT
        course_id,
        encoded_module_id,
        COALESCE(MAX(CASE WHEN 20 * users_after <= num_users THEN segment END), MAX(segment)) AS last_segment
    FROM followed
    GROUP BY course_id, encoded_module_id
)
SELECT
    durations.course_id,
    durations.encoded_module_id,
    COALESCE(durations.duration, CAST(drops.last_segment AS DOUBLE) * 5 + 4) AS duration,
    COALESCE(CAST(FLOOR(durations.duration / 5) AS INTEGER), drops.last_segment) AS last_segment
FROM durations
JOIN drops
    ON drops.course_id = durations.course_id AND drops.encoded_module_id = durations.encoded_module_id
