-- Enrollment states: one row per course, learner and day on which the learner's enrollment changed.
--
-- Counts nothing yet: says whether the learner was enrolled when the day ended (at_end), in which mode, and until which
-- later day (not included; null: still) that holds. An activation enrolls, a deactivation unenrolls,
-- a mode change does neither; every event of any kind sets the mode. At one instant activated < deactivated <
-- mode_changed, then by mode. Before a learner's first event the LMS's enrollments count (starting_enrollments), dated as
-- the LMS dates them; days before the first day of the event store are never written.
WITH changes AS (
    SELECT course_id, user_id, mode, event_type, time, date, decision
    FROM enrollment_events
    UNION ALL
    SELECT course_id, user_id, mode, '' AS event_type, time, date, decision
    FROM starting_enrollments
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
    FROM changes
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
