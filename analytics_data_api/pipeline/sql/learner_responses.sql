-- Learner responses: one row per different content among the first and the last checks of all learners.
--
-- first_responses and last_responses: learners whose first or last check of the problem had this content. time: the latest
-- of these checks. A single attempt is both first and last. At one instant the smaller line hash counts. answers.py unfolds
-- the content into its parts.
WITH placed AS (
    SELECT
        course_id,
        problem_id,
        time,
        line_hash,
        ROW_NUMBER() OVER (PARTITION BY course_id, problem_id, username ORDER BY time, line_hash) AS from_first,
        ROW_NUMBER() OVER (PARTITION BY course_id, problem_id, username ORDER BY time DESC, line_hash) AS from_last
    FROM problem_attempts
    WHERE has_answers = 1 AND username IS NOT NULL
),
chosen AS (
    SELECT
        course_id,
        problem_id,
        time,
        line_hash,
        CASE WHEN from_first = 1 THEN 1 ELSE 0 END AS is_first,
        CASE WHEN from_last = 1 THEN 1 ELSE 0 END AS is_last
    FROM placed
    WHERE from_first = 1 OR from_last = 1
),
contents AS (
    SELECT
        chosen.course_id,
        chosen.problem_id,
        checks.context ->> '$.module.display_name' AS display_name,
        checks.payload ->> '$.answers' AS answers,
        checks.payload ->> '$.submission' AS submission,
        CASE WHEN checks.payload ->> '$.submission' IS NULL THEN checks.payload ->> '$.correct_map' END AS correct_map,
        CASE WHEN checks.payload ->> '$.submission' IS NULL THEN checks.payload ->> '$.state.seed' END AS seed,
        chosen.time,
        chosen.line_hash,
        chosen.is_first,
        chosen.is_last
    FROM chosen
    JOIN events AS checks ON checks.time = chosen.time AND checks.line_hash = chosen.line_hash
    WHERE checks.kind = 'problem'
)
SELECT
    course_id,
    problem_id,
    display_name,
    answers,
    submission,
    correct_map,
    seed,
    MAX(time) AS time,
    HEX(MIN(line_hash)) AS line_hash,
    CAST(SUM(is_first) AS BIGINT) AS first_responses,
    CAST(SUM(is_last) AS BIGINT) AS last_responses
FROM contents
GROUP BY course_id, problem_id, display_name, answers, submission, correct_map, seed
