-- course_enrollment_gender_daily: one row per course, day and gender of any learner; null where the LMS does not know it.
--
-- count: learners of this gender enrolled when the day ended. cumulative_count: those with any enrollment event so far. The
-- profile as it is now applies to all days; learners without a profile count as null.
WITH genders AS (
    SELECT CAST(user_id AS VARCHAR) AS user_id, MAX(NULLIF(gender, '')) AS gender
    FROM auth_userprofile
    GROUP BY user_id
),
changes AS (
    SELECT
        enrollment_changes.course_id,
        genders.gender,
        enrollment_changes.date,
        SUM(enrollment_changes.learners) AS learners,
        SUM(enrollment_changes.enrolled) AS enrolled
    FROM enrollment_changes
    LEFT JOIN genders ON genders.user_id = enrollment_changes.user_id
    GROUP BY enrollment_changes.course_id, genders.gender, enrollment_changes.date
),
totals AS (
    SELECT
        course_id,
        gender,
        date AS first_day,
        COALESCE(LEAD(date) OVER (PARTITION BY course_id, gender ORDER BY date), $end) AS next_day,
        SUM(enrolled) OVER (
            PARTITION BY course_id, gender ORDER BY date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS enrolled,
        SUM(learners) OVER (
            PARTITION BY course_id, gender ORDER BY date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS learners
    FROM changes
)
SELECT
    totals.course_id,
    days.date,
    totals.gender,
    CAST(totals.enrolled AS BIGINT) AS count,
    CAST(totals.learners AS BIGINT) AS cumulative_count
FROM totals
JOIN days ON days.date >= totals.first_day AND days.date < totals.next_day
WHERE totals.learners > 0
