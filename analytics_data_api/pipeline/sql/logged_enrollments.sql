-- Logged enrollments: one row per course and user with any enrollment event, as of the last day.
--
-- mode and is_enrolled: those of the end of the last day. enrolled: the first activation; unenrolled: the last deactivation.
-- Users whose id is not a number are left out.
WITH states AS (
    SELECT
        course_id,
        user_id,
        MAX(CASE WHEN until IS NULL THEN mode END) AS mode,
        MAX(CASE WHEN until IS NULL THEN at_end END) AS at_end
    FROM enrollment_states
    WHERE REGEXP_MATCHES(user_id, '^[0-9]{1,18}\z')
    GROUP BY course_id, user_id
),
changes AS (
    SELECT
        payload_course_id AS course_id,
        payload ->> '$.user_id' AS user_id,
        MIN(CASE WHEN event_type = 'edx.course.enrollment.activated' THEN time END) AS enrolled,
        MAX(CASE WHEN event_type = 'edx.course.enrollment.deactivated' THEN time END) AS unenrolled
    FROM events
    WHERE kind = 'enrollment' AND payload_course_id IS NOT NULL AND payload IS NOT NULL
    GROUP BY payload_course_id, payload ->> '$.user_id'
)
SELECT
    states.course_id,
    CAST(states.user_id AS BIGINT) AS user_id,
    states.mode,
    states.at_end = 1 AS is_enrolled,
    changes.enrolled,
    changes.unenrolled
FROM states
JOIN changes ON changes.course_id = states.course_id AND changes.user_id = states.user_id
