-- Checks in the report problem_response: one row per course, problem and learner, with the learner's last check that has answers.
--
-- total_attempts, first_attempt, last_attempt: of all checks of the problem by the learner. At one instant the smaller line
-- hash counts. file: the report that the course belongs to. Retired learners are left out.
WITH placed AS (
    SELECT
        course_id,
        problem_id,
        username,
        time,
        line_hash,
        has_answers,
        ROW_NUMBER() OVER (
            PARTITION BY course_id, problem_id, username ORDER BY has_answers DESC, time DESC, line_hash
        ) AS from_last,
        COUNT(*) OVER (PARTITION BY course_id, problem_id, username) AS total_attempts,
        MIN(time) OVER (PARTITION BY course_id, problem_id, username) AS first_attempt,
        MAX(time) OVER (PARTITION BY course_id, problem_id, username) AS last_attempt
    FROM problem_attempts
    WHERE username <> '' AND LENGTH(username) <= 150 AND SUBSTR(username, 1, 14) <> 'retired__user_'
)
SELECT
    report_courses.file,
    placed.course_id,
    placed.problem_id,
    placed.username,
    placed.time,
    placed.line_hash,
    CAST(placed.total_attempts AS BIGINT) AS total_attempts,
    placed.first_attempt,
    placed.last_attempt
FROM placed
JOIN report_courses ON report_courses.course_id = placed.course_id
WHERE placed.from_last = 1 AND placed.has_answers = 1
