-- Engagement summaries: one row per course and learner with any engagement in the last two weeks.
--
-- The metrics are those of the last week, [end - 7 days, end); is_active and was_active say whether the learner has any
-- engagement in that week and in the week before. The null ratio of attempts to completed problems stands for infinity: no
-- problem was completed.
WITH weeks AS (
    SELECT
        course_id,
        username,
        entity_id,
        event,
        count,
        CASE WHEN date >= CAST($end - INTERVAL 7 DAY AS DATE) THEN 1 ELSE 0 END AS is_recent
    FROM module_engagement
    WHERE date >= CAST($end - INTERVAL 14 DAY AS DATE)
),
metrics AS (
    SELECT
        course_id,
        username,
        MAX(is_recent) AS is_active,
        MAX(1 - is_recent) AS was_active,
        CAST(SUM(CASE WHEN is_recent = 1 AND event = 'attempted' THEN count ELSE 0 END) AS BIGINT) AS problem_attempts,
        COUNT(DISTINCT CASE WHEN is_recent = 1 AND event = 'attempted' THEN entity_id END) AS problems_attempted,
        COUNT(DISTINCT CASE WHEN is_recent = 1 AND event = 'completed' THEN entity_id END) AS problems_completed,
        COUNT(DISTINCT CASE WHEN is_recent = 1 AND event = 'viewed' THEN entity_id END) AS videos_viewed,
        CAST(
            SUM(CASE WHEN is_recent = 1 AND event = 'contributed' THEN count ELSE 0 END) AS BIGINT
        ) AS discussion_contributions
    FROM weeks
    GROUP BY course_id, username
)
SELECT
    *,
    CASE
        WHEN problems_completed > 0
            THEN CAST(problem_attempts AS DOUBLE) / CAST(problems_completed AS DOUBLE)
    END AS problem_attempts_per_completed
FROM metrics
