-- course_enrollment_location_current: one row per course and country of its learners, for the last day.
--
-- count: learners now enrolled whose latest IP address is of this country. country_code is UNKNOWN where the address is of
-- no known country, and null where the learner has no address. Enrollments are the LMS's where its table
-- student_courseenrollment is there, else those of the log.
WITH learners AS (
    SELECT course_id, CAST(user_id AS VARCHAR) AS user_id, CASE WHEN is_active THEN 1 ELSE 0 END AS is_enrolled
    FROM student_courseenrollment
    WHERE $has_student_courseenrollment
    UNION ALL
    SELECT course_id, user_id, at_end AS is_enrolled
    FROM enrollment_states
    WHERE until IS NULL AND NOT $has_student_courseenrollment
)
SELECT
    learners.course_id,
    $last_day AS date,
    address_countries.country_code,
    address_countries.country_name,
    CAST(SUM(learners.is_enrolled) AS BIGINT) AS count,
    COUNT(*) AS cumulative_count
FROM learners
LEFT JOIN last_addresses ON last_addresses.user_id = learners.user_id
LEFT JOIN address_countries ON address_countries.ip = last_addresses.ip
GROUP BY learners.course_id, address_countries.country_code, address_countries.country_name
