-- Rosters: one row per course and learner with any enrollment event, as of the last day.
--
-- Mode and enrollment are those of the end of the last day; enrollment_date is the first day that ended with the learner
-- enrolled. Engagement is of the week before the end; in_high_ratio and in_high_range say whether a metric lies in the
-- course's high range. Learners without a profile are in the roster. learner_rosters.py names the segments.
WITH learners AS (
    SELECT
        course_id,
        user_id,
        MAX(CASE WHEN until IS NULL THEN mode END) AS enrollment_mode,
        MAX(CASE WHEN until IS NULL THEN at_end END) AS is_enrolled,
        MIN(CASE WHEN at_end = 1 THEN date END) AS enrollment_date
    FROM enrollment_states
    GROUP BY course_id, user_id
),
cohorts AS (
    SELECT cohort.course_id, CAST(members.user_id AS VARCHAR) AS user_id, MIN(cohort.name) AS cohort
    FROM course_groups_courseusergroup AS cohort
    JOIN course_groups_courseusergroup_users AS members ON members.courseusergroup_id = cohort.id
    WHERE cohort.group_type = 'cohort'
    GROUP BY cohort.course_id, members.user_id
),
high_metrics AS (
    SELECT
        learner_metrics.course_id,
        learner_metrics.username,
        MAX(CASE WHEN learner_metrics.metric = 'problem_attempts_per_completed' THEN 1 ELSE 0 END) AS in_high_ratio,
        MAX(CASE WHEN learner_metrics.metric <> 'problem_attempts_per_completed' THEN 1 ELSE 0 END) AS in_high_range
    FROM learner_metrics
    JOIN module_engagement_metric_ranges AS ranges
        ON ranges.course_id = learner_metrics.course_id AND ranges.metric = learner_metrics.metric
    WHERE
        ranges.range_type = 'high'
        AND learner_metrics.metric <> 'problem_attempts'
        -- Null is infinity, and every high range ends there.
        AND (learner_metrics.value IS NULL OR learner_metrics.value >= ranges.low_value)
    GROUP BY learner_metrics.course_id, learner_metrics.username
)
SELECT
    learners.course_id,
    usernames.username,
    learners.user_id,
    usernames.email,
    profiles.name,
    profiles.language,
    profiles.location,
    profiles.year_of_birth,
    profiles.level_of_education,
    profiles.gender,
    profiles.mailing_address,
    profiles.city,
    profiles.country,
    profiles.goals,
    learners.enrollment_mode,
    CAST(learners.enrollment_date AS VARCHAR) AS enrollment_date,
    cohorts.cohort,
    COALESCE(engagement.problem_attempts, 0) AS problem_attempts,
    COALESCE(engagement.problems_attempted, 0) AS problems_attempted,
    COALESCE(engagement.problems_completed, 0) AS problems_completed,
    COALESCE(engagement.videos_viewed, 0) AS videos_viewed,
    COALESCE(engagement.discussion_contributions, 0) AS discussion_contributions,
    engagement.problem_attempts_per_completed,
    learners.is_enrolled,
    COALESCE(engagement.is_active, 0) AS is_active,
    COALESCE(engagement.was_active, 0) AS was_active,
    COALESCE(high_metrics.in_high_ratio, 0) AS in_high_ratio,
    COALESCE(high_metrics.in_high_range, 0) AS in_high_range
FROM learners
JOIN usernames ON usernames.user_id = learners.user_id
LEFT JOIN auth_userprofile AS profiles ON CAST(profiles.user_id AS VARCHAR) = learners.user_id
LEFT JOIN cohorts ON cohorts.course_id = learners.course_id AND cohorts.user_id = learners.user_id
LEFT JOIN engagement_summaries AS engagement
    ON engagement.course_id = learners.course_id AND engagement.username = usernames.username
LEFT JOIN high_metrics
    ON high_metrics.course_id = learners.course_id AND high_metrics.username = usernames.username
