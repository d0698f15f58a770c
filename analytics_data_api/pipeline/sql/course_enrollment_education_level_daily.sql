-- course_enrollment_education_level_daily: one row per course and level of education, for the last day only.
--
-- count: learners of this level (null: unknown) who were enrolled when the last day ended; rows of count 0 are kept.
-- The LMS's codes become names; its three kinds of doctorate are one. Earlier days have no rows.
WITH education_levels AS (
    SELECT
        CAST(user_id AS VARCHAR) AS user_id,
        MAX(
            CASE level_of_education
                WHEN 'el' THEN 'primary'
                WHEN 'jhs' THEN 'junior_secondary'
                WHEN 'hs' THEN 'secondary'
                WHEN 'a' THEN 'associates'
                WHEN 'b' THEN 'bachelors'
                WHEN 'm' THEN 'masters'
                WHEN 'p' THEN 'doctorate'
                WHEN 'p_se' THEN 'doctorate'
                WHEN 'p_oth' THEN 'doctorate'
                WHEN 'none' THEN 'none'
                WHEN 'other' THEN 'other'
            END
        ) AS education_level
    FROM auth_userprofile
    GROUP BY user_id
)
SELECT
    enrollment_states.course_id,
    $last_day AS date,
    education_levels.education_level,
    CAST(SUM(enrollment_states.at_end) AS BIGINT) AS count,
    COUNT(*) AS cumulative_count
FROM enrollment_states
LEFT JOIN education_levels ON education_levels.user_id = enrollment_states.user_id
WHERE enrollment_states.until IS NULL
GROUP BY enrollment_states.course_id, education_levels.education_level
