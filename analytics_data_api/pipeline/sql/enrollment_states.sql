-- Enrollment states: one row per course, learner and day with enrollment events of this learner.
--
-- Counts nothing yet: says whether the learner was enrolled when the day ended (at_end), in which mode, and until which
-- later day (not included; null: still) that holds. An activation enrolls, a deactivation unenrolls,
-- a mode change does neither; every event of any kind sets the mode. At one instant activated < deactivated <
-- mode_changed, then by mode. Learner, mode and course are those of the payload, never the actor's.
WITH enrollment_events AS (
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
    WHERE kind = 'enrollment' AND payload_course_id IS NOT NULL AND payload IS NOT NULL
),
placed AS (
    SELECT
        course_id,
        user_id,
        mode,
        date,
        decision,
        ROW_NUMBER() OVER (
            PARTITION BY course_id, user_id, date ORDER BY time DESC, event_type DESC, mode DESC
        ) AS place,
        ROW_NUMBER() OVER (
            PARTITION BY course_id, user_id, date, decision IS NULL ORDER BY time DESC, event_type DESC, mode DESC
        ) AS place_of_kind
    FROM enrollment_events
    WHERE user_id IS NOT NULL AND mode IS NOT NULL
),
learner_days AS (
    SELECT
        course_id,
        user_id,
        date,
        MAX(CASE WHEN place = 1 THEN mode END) AS mode,
        MAX(CASE WHEN place_of_kind = 1 THEN decision END) AS decision
    FROM placed
    WHERE place = 1 OR place_of_kind = 1
    GROUP BY course_id, user_id, date
)
SELECT
    course_id,
    user_id,
    date,
    mode,
    COALESCE(
        LAST_VALUE(decision IGNORE NULLS) OVER (
            PARTITION BY course_id, user_id ORDER BY date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ),
        0
    ) AS at_end,
    LEAD(date) OVER (PARTITION BY course_id, user_id ORDER BY date) AS until
FROM learner_days
