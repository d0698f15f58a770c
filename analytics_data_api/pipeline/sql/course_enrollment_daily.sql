-- course_enrollment_daily: one row per course and day, from the course's first enrollment event on.
--
-- count: learners enrolled when the day ended, summed over their modes. cumulative_count (written where the table has the
-- column): learners with any enrollment event so far.
SELECT
    course_id,
    date,
    CAST(SUM(count) AS BIGINT) AS count,
    CAST(SUM(cumulative_count) AS BIGINT) AS cumulative_count
FROM course_enrollment_mode_daily
GROUP BY course_id, date
