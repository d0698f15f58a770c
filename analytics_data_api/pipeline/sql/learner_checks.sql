-- Learner checks: one row per course, learner and problem with a check that the server graded.
--
-- attempts: its checks. is_correct: one of them was correct. score and max_score are those of the last one, which time and
-- line_hash name; at one instant the smaller line hash counts. A learner without an id is found by username, or left out.
WITH checks AS (
    SELECT
        attempts.course_id,
        COALESCE(attempts.user_id, usernames.user_id) AS user_id,
        attempts.problem_id,
        attempts.is_correct,
        attempts.score,
        attempts.max_score,
        attempts.time,
        attempts.line_hash
    FROM problem_attempts AS attempts
    LEFT JOIN usernames ON usernames.username = CASE WHEN attempts.user_id IS NULL THEN attempts.username END
),
placed AS (
    SELECT
        course_id,
        CAST(user_id AS BIGINT) AS user_id,
        problem_id,
        is_correct,
        score,
        max_score,
        time,
        line_hash,
        ROW_NUMBER() OVER (PARTITION BY course_id, user_id, problem_id ORDER BY time DESC, line_hash) AS place
    FROM checks
    WHERE REGEXP_MATCHES(user_id, '^[0-9]{1,18}\z')
)
SELECT
    course_id,
    user_id,
    problem_id,
    COUNT(*) AS attempts,
    MAX(is_correct) AS is_correct,
    MAX(CASE WHEN place = 1 THEN score END) AS score,
    MAX(CASE WHEN place = 1 THEN max_score END) AS max_score,
    MIN(time) AS first_time,
    MAX(time) AS last_time,
    MAX(CASE WHEN place = 1 THEN line_hash END) AS line_hash
FROM placed
GROUP BY course_id, user_id, problem_id
