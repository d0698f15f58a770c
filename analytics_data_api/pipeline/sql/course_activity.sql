-- course_activity: one row per course, week (Monday to Monday, UTC) and kind of activity.
--
-- count: different learners, by the id of the user, with at least one such event. Events of background tasks and of
-- enrollments are not activity; a page request is. Only complete weeks are asked for.
WITH learner_weeks AS (
    SELECT
        COALESCE(course_id, url_course_id) AS course_id,
        CAST(DATE_TRUNC('week', date) AS DATE) AS interval_start,
        user_id,
        MAX(CASE WHEN event_source = 'server' AND event_type = 'problem_check' THEN 1 ELSE 0 END) AS attempted,
        MAX(CASE WHEN event_source IN ('browser', 'mobile') AND event_type = 'play_video' THEN 1 ELSE 0 END) AS played,
        MAX(
            CASE
                WHEN event_source = 'server' AND event_type LIKE 'edx.forum.%' AND event_type LIKE '%.created' THEN 1
                ELSE 0
            END
        ) AS posted
    FROM events
    WHERE
        $days
        AND user_id IS NOT NULL
        AND event_type IS NOT NULL
        AND COALESCE(course_id, url_course_id) IS NOT NULL
        AND COALESCE(event_source, '') <> 'task'
        AND NOT event_type LIKE 'edx.course.enrollment.%'
    GROUP BY 1, 2, 3
),
counts AS (
    SELECT
        course_id,
        interval_start,
        COUNT(*) AS active,
        SUM(attempted) AS attempted,
        SUM(played) AS played,
        SUM(posted) AS posted
    FROM learner_weeks
    GROUP BY course_id, interval_start
),
labelled AS (
    SELECT
        counts.course_id,
        counts.interval_start,
        labels.label,
        CASE labels.label
            WHEN 'ACTIVE' THEN active
            WHEN 'ATTEMPTED_PROBLEM' THEN attempted
            WHEN 'PLAYED_VIDEO' THEN played
            WHEN 'POSTED_FORUM' THEN posted
        END AS count
    FROM counts
    CROSS JOIN (
        VALUES ('ACTIVE'), ('ATTEMPTED_PROBLEM'), ('PLAYED_VIDEO'), ('POSTED_FORUM')
    ) AS labels(label)
)
SELECT
    course_id,
    CAST(interval_start AS TIMESTAMP) AS interval_start,
    CAST(interval_start AS TIMESTAMP) + INTERVAL 7 DAY AS interval_end,
    label,
    CAST(count AS BIGINT) AS count
FROM labelled
WHERE count > 0
