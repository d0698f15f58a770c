-- Video ends: one row per watched video with its duration and the last segment that its timeline shows.
--
-- A duration is known only if every viewing knows it. Otherwise the video is taken to end where, walking down from its last
-- watched segment, the users first drop to a twentieth of those of the watched segment before.
WITH lengths AS (
    SELECT
        course_id,
        encoded_module_id,
        CASE WHEN COUNT(duration) = COUNT(*) THEN MAX(duration) END AS duration
    FROM video_viewings
    GROUP BY course_id, encoded_module_id
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
    lengths.course_id,
    lengths.encoded_module_id,
    COALESCE(lengths.duration, CAST(drops.last_segment AS DOUBLE) * 5 + 4) AS duration,
    COALESCE(CAST(FLOOR(lengths.duration / 5) AS INTEGER), drops.last_segment) AS last_segment
FROM lengths
JOIN drops ON drops.course_id = lengths.course_id AND drops.encoded_module_id = lengths.encoded_module_id
