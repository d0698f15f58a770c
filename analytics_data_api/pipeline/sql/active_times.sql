-- Active times: one row per course and user with any event, and one for a user's events outside courses (null).
--
-- first_active, last_active: the first and the latest time. Events of background tasks and of enrollments are not activity;
-- a page request is. Ids that are not numbers are not ids of users.
SELECT
    COALESCE(course_id, url_course_id) AS course_id,
    CAST(user_id AS BIGINT) AS user_id,
    MIN(time) AS first_active,
    MAX(time) AS last_active
FROM events
WHERE
    REGEXP_MATCHES(user_id, '^[0-9]{1,18}\z')
    AND COALESCE(event_source, '') <> 'task'
    AND kind <> 'enrollment'
GROUP BY COALESCE(course_id, url_course_id), CAST(user_id AS BIGINT)
