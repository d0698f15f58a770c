-- Nameless learners: the number of enrollments of learners whose username nothing tells, so that no roster can hold them.
SELECT COUNT(*) AS learners
FROM (SELECT DISTINCT course_id, user_id FROM enrollment_states) AS learners
LEFT JOIN usernames ON usernames.user_id = learners.user_id
WHERE usernames.user_id IS NULL
