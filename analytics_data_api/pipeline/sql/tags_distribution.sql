-- tags_distribution: one row per course and problem whose latest check has tags, before the tags are unfolded.
--
-- total_submissions: all checks of the problem, tagged or not. correct_submissions: those whose success is `correct`. tags:
-- JSON of the tags of the latest check. Each tag and value becomes a row (tags.py).
WITH totals AS (
    SELECT course_id, problem_id, COUNT(*) AS submissions, SUM(is_correct) AS correct, MAX(time) AS latest
    FROM problem_attempts
    GROUP BY course_id, problem_id
),
placed AS (
    SELECT
        totals.course_id,
        totals.problem_id,
        totals.submissions,
        totals.correct,
        problem_attempts.tags,
        ROW_NUMBER() OVER (
            PARTITION BY totals.course_id, totals.problem_id ORDER BY problem_attempts.line_hash
        ) AS place
    FROM totals
    JOIN problem_attempts
        ON problem_attempts.course_id = totals.course_id
        AND problem_attempts.problem_id = totals.problem_id
        AND problem_attempts.time = totals.latest
)
SELECT
    course_id,
    problem_id AS module_id,
    tags,
    submissions AS total_submissions,
    CAST(correct AS BIGINT) AS correct_submissions
FROM placed
WHERE place = 1 AND tags IS NOT NULL
