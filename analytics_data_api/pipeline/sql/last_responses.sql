-- Last responses: one row per course, learner and problem with the content of the learner's last check.
--
-- responses.py unfolds the content into its parts.
SELECT
    learner_checks.course_id,
    learner_checks.user_id,
    learner_checks.problem_id,
    learner_checks.attempts,
    learner_checks.first_time,
    learner_checks.last_time,
    checks.payload ->> '$.answers' AS answers,
    checks.payload ->> '$.submission' AS submission,
    CASE WHEN checks.payload ->> '$.submission' IS NULL THEN checks.payload ->> '$.correct_map' END AS correct_map
FROM learner_checks
JOIN events AS checks ON checks.time = learner_checks.last_time AND checks.line_hash = learner_checks.line_hash
WHERE checks.kind = 'problem'
