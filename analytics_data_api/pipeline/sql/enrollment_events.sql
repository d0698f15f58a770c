-- Enrollment events: one row per event of an enrollment that names its course, learner and mode.
--
-- decision: 1 for an activation, 0 for a deactivation, null for a change of the mode. Learner, mode and course are those of
-- the payload, never the actor's.
SELECT
    payload_course_id AS course_id,
    payload ->> '$.user_id' AS user_id,
    payload ->> '$.mode' AS mode,
    event_type,
    time,
    date,
    CASE event_type
        WHEN 'edx.course.enrollment.activated' THEN 1
        WHEN 'edx.course.enrollment.deactivated' THEN 0
    END AS decision
FROM events
WHERE
    kind = 'enrollment'
    AND payload_course_id IS NOT NULL
    AND payload IS NOT NULL
    AND payload ->> '$.user_id' IS NOT NULL
    AND payload ->> '$.mode' IS NOT NULL
