-- Video segments: one row per video and segment of 5 seconds that anybody watched.
--
-- num_views: viewings that touch the segment. num_users: different learners among them. Both are running totals of where stretches begin and end; of a learner's stretches only what the earlier ones have not
-- covered counts for num_users.
WITH stretches AS (
    SELECT
        course_id,
        encoded_module_id,
        first_segment,
        last_segment,
        COALESCE(
            MAX(last_segment) OVER (
                PARTITION BY course_id, encoded_module_id, user_id
                ORDER BY first_segment, last_segment
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            -1
        ) AS covered
    FROM video_viewings
),
edges AS (
    SELECT
        stretches.course_id,
        stretches.encoded_module_id,
        CASE sides.side
            WHEN 'starts' THEN first_segment
            WHEN 'is new' THEN GREATEST(first_segment, covered + 1)
            ELSE last_segment + 1
        END AS segment,
        CASE sides.side WHEN 'starts' THEN 1 WHEN 'ends' THEN -1 ELSE 0 END AS views,
        CASE WHEN last_segment <= covered THEN 0 WHEN sides.side = 'is new' THEN 1 WHEN sides.side = 'ends' THEN -1 ELSE 0 END
            AS users
    FROM stretches
    CROSS JOIN (VALUES ('starts'), ('is new'), ('ends')) AS sides(side)
    WHERE sides.side <> 'is new' OR last_segment > covered
),
changes AS (
    SELECT course_id, encoded_module_id, segment, SUM(views) AS views, SUM(users) AS users
    FROM edges
    GROUP BY course_id, encoded_module_id, segment
),
totals AS (
    SELECT
        course_id,
        encoded_module_id,
        segment AS first_segment,
        LEAD(segment) OVER (PARTITION BY course_id, encoded_module_id ORDER BY segment) AS next_segment,
        SUM(views) OVER (
            PARTITION BY course_id, encoded_module_id
            ORDER BY segment
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS views,
        SUM(users) OVER (
            PARTITION BY course_id, encoded_module_id
            ORDER BY segment
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS users
    FROM changes
)
SELECT
    totals.course_id,
    totals.encoded_module_id,
    segment_numbers.segment,
    CAST(totals.users AS BIGINT) AS num_users,
    CAST(totals.views AS BIGINT) AS num_views
FROM totals
JOIN segment_numbers
    ON segment_numbers.segment >= totals.first_segment AND segment_numbers.segment < totals.next_segment
WHERE totals.views > 0
