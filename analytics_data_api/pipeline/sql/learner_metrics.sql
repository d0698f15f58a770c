-- Learner metrics: one row per course, learner active in the last week, and metric.
--
-- A null value is infinity (problem_attempts_per_completed with no completed problem). in_ranges says whether the value
-- takes part in the ranges of the course: always, but for that metric only with at least one attempt.
SELECT
    course_id,
    username,
    names.metric,
    CASE names.metric
        WHEN 'problem_attempts' THEN CAST(problem_attempts AS DOUBLE)
        WHEN 'problems_attempted' THEN CAST(problems_attempted AS DOUBLE)
        WHEN 'problems_completed' THEN CAST(problems_completed AS DOUBLE)
        WHEN 'problem_attempts_per_completed' THEN problem_attempts_per_completed
        WHEN 'videos_viewed' THEN CAST(videos_viewed AS DOUBLE)
        WHEN 'discussion_contributions' THEN CAST(discussion_contributions AS DOUBLE)
    END AS value,
    CASE
        WHEN names.metric = 'problem_attempts_per_completed' AND problem_attempts = 0 THEN 0
        ELSE 1
    END AS in_ranges
FROM engagement_summaries
CROSS JOIN (
    VALUES
        ('problem_attempts'),
        ('problems_attempted'),
        ('problems_completed'),
        ('problem_attempts_per_completed'),
        ('videos_viewed'),
        ('discussion_contributions')
) AS names(metric)
WHERE is_active = 1
