-- course_enrollment_birth_year_daily: one row per course and year of birth, for the last day only.
--
-- count: learners born in this year (null: unknown) who were enrolled when the last day ended; rows of count 0 are kept.
-- The profile as it is now counts. Earlier days have no rows.
WITH birth_years AS (
    SELECT CAST(user_id AS VARCHAR) AS user_id, MAX(year_of_birth) AS birth_year
    FROM auth_userprofile
    GROUP BY user_id
)
SELECT
    enrollment_states.course_id,
    $last_day AS date,
    birth_years.birth_year,
    CAST(SUM(enrollment_states.at_end) AS BIGINT) AS count,
    COUNT(*) AS cumulative_count
FROM enrollment_states
LEFT JOIN birth_years ON birth_years.user_id = enrollment_states.user_id
WHERE enrollment_states.until IS NULL
GROUP BY enrollment_states.course_id, birth_years.birth_year
