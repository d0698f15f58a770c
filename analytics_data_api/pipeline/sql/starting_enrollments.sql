-- Starting enrollments: what the LMS knows of learners from before their first event, so that they count from there on.
--
-- One row per change, dated by the LMS. Events win: only changes from before the day of the learner's first event are here.
-- They are the rows of student_courseenrollment_history. If the enrollment was created on an earlier day than all that,
-- there also is a row for its creation, which says what must have been true until the first known change: not enrolled if
-- that is an activation in the log, since the LMS logs changes only; else enrolled; if nothing is known to have changed, as
-- the LMS has it now. Its mode is the one of the first known change.
WITH first_events AS (
    SELECT course_id, user_id, date, mode, decision
    FROM (
        SELECT
            *,
            ROW_NUMBER() OVER (PARTITION BY course_id, user_id ORDER BY time, event_type, mode) AS place
        FROM enrollment_events
        WHERE $has_student_courseenrollment OR $has_student_courseenrollment_history
    ) AS placed
    WHERE place = 1
),
history AS (
    SELECT
        changes.course_id,
        CAST(changes.user_id AS VARCHAR) AS user_id,
        changes.history_date AS time,
        CAST(changes.history_date AS DATE) AS date,
        changes.mode,
        CASE WHEN changes.is_active AND COALESCE(changes.history_type, '') <> '-' THEN 1 ELSE 0 END AS decision
    FROM student_courseenrollment_history AS changes
    LEFT JOIN first_events
        ON first_events.course_id = changes.course_id AND first_events.user_id = CAST(changes.user_id AS VARCHAR)
    WHERE
        $has_student_courseenrollment_history
        AND changes.history_date < $end
        AND changes.is_active IS NOT NULL
        AND changes.mode IS NOT NULL
        AND (first_events.date IS NULL OR CAST(changes.history_date AS DATE) < first_events.date)
),
first_changes AS (
    SELECT course_id, user_id, date, mode, until_then
    FROM (
        SELECT
            *,
            ROW_NUMBER() OVER (PARTITION BY course_id, user_id ORDER BY date, mode, until_then) AS place
        FROM (
            SELECT course_id, user_id, date, mode, CASE WHEN decision = 1 THEN 0 ELSE 1 END AS until_then
            FROM first_events
            UNION ALL
            SELECT course_id, user_id, date, mode, 1 AS until_then
            FROM (
                SELECT *, ROW_NUMBER() OVER (PARTITION BY course_id, user_id ORDER BY time, mode) AS place
                FROM history
            ) AS placed_history
            WHERE place = 1
        ) AS changes
    ) AS placed
    WHERE place = 1
),
creations AS (
    SELECT
        enrollment.course_id,
        CAST(enrollment.user_id AS VARCHAR) AS user_id,
        enrollment.created AS time,
        CAST(enrollment.created AS DATE) AS date,
        COALESCE(first_changes.mode, enrollment.mode) AS mode,
        COALESCE(
            first_changes.until_then,
            CASE WHEN enrollment.is_active THEN 1 WHEN NOT enrollment.is_active THEN 0 END
        ) AS decision
    FROM student_courseenrollment AS enrollment
    LEFT JOIN first_changes
        ON first_changes.course_id = enrollment.course_id
        AND first_changes.user_id = CAST(enrollment.user_id AS VARCHAR)
    WHERE
        $has_student_courseenrollment
        AND enrollment.created < $end
        AND (first_changes.date IS NULL OR CAST(enrollment.created AS DATE) < first_changes.date)
)
SELECT course_id, user_id, time, date, mode, decision
FROM history
UNION ALL
SELECT course_id, user_id, time, date, mode, decision
FROM creations
WHERE mode IS NOT NULL AND decision IS NOT NULL
