-- course_enrollment_mode_daily: one row per course, day and mode that is the latest mode of any learner.
--
-- count: learners enrolled when the day ended. cumulative_count: learners ever seen whose latest mode is this one, so it
-- can shrink and a mode can vanish. Days with count 0 are kept.
WITH changes AS (
    SELECT course_id, mode, date, SUM(learners) AS learners, SUM(enrolled) AS enrolled
    FROM enrollment_changes
    GROUP BY course_id, mode, date
),
totals AS (
    SELECT
        course_id,
        mode,
        date AS first_day,
        COALESCE(LEAD(date) OVER (PARTITION BY course_id, mode ORDER BY date), $end) AS next_day,
        SUM(enrolled) OVER (
            PARTITION BY course_id, mode ORDER BY date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS enrolled,
        SUM(learners) OVER (
            PARTITION BY course_id, mode ORDER BY date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS learners
    FROM changes
)
SELECT
    totals.course_id,
    days.date,
    totals.mode,
    CAST(totals.enrolled AS BIGINT) AS count,
    CAST(totals.learners AS BIGINT) AS cumulative_count
FROM totals
JOIN days ON days.date >= totals.first_day AND days.date < totals.next_day
WHERE totals.learners > 0
