-- Enrollment changes: what each enrollment state adds on its first day and takes away on the day after its last.
--
-- Summed up to a day, learners is the number of learners with any enrollment event so far, enrolled the number of those
-- enrolled. A learner counts from the day of the first event on.
SELECT course_id, user_id, mode, date, 1 AS learners, at_end AS enrolled
FROM enrollment_states
UNION ALL
SELECT course_id, user_id, mode, until AS date, -1 AS learners, -at_end AS enrolled
FROM enrollment_states
WHERE until IS NOT NULL
