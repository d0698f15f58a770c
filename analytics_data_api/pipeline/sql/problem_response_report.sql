-- Rows of the report problem_response: one row per course, problem and learner, with the content of the learner's last check.
--
-- total_attempts, first_attempt, last_attempt: of all checks of the problem by the learner. At one instant the smaller line
-- hash counts. section, subsection and unit: where the problem is in the course; name: its name there. They are null, and
-- is_deleted says so, if the course's blocks are known and the problem is not among them. file: the report that the course
-- belongs to. problem_reports.py unfolds the content into its parts.
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
),
-- Blocks are numbered in the order of the outline, so that the section before a block is the one that it is in.
blocks AS (
    SELECT
        course_id,
        block_id,
        position,
        display_name AS name,
        LAST_VALUE(CASE WHEN type = 'chapter' THEN display_name END IGNORE NULLS) OVER outline AS section,
        LAST_VALUE(CASE WHEN type = 'sequential' THEN display_name END IGNORE NULLS) OVER outline AS subsection,
        LAST_VALUE(CASE WHEN type = 'vertical' THEN display_name END IGNORE NULLS) OVER outline AS unit
    FROM course_blocks
    WINDOW outline AS (PARTITION BY course_id ORDER BY position)
),
outlines AS (
    SELECT DISTINCT course_id FROM course_blocks
)
SELECT
    report_courses.file,
    placed.course_id,
    placed.username,
    placed.problem_id,
    blocks.section,
    blocks.subsection,
    blocks.unit,
    COALESCE(blocks.name, checks.context ->> '$.module.display_name') AS name,
    outlines.course_id IS NOT NULL AND blocks.block_id IS NULL AS is_deleted,
    blocks.position,
    checks.payload ->> '$.answers' AS answers,
    checks.payload ->> '$.submission' AS submission,
    checks.payload ->> '$.correct_map' AS correct_map,
    checks.payload ->> '$.grade' AS score,
    checks.payload ->> '$.max_grade' AS max_score,
    CAST(placed.total_attempts AS BIGINT) AS total_attempts,
    placed.first_attempt,
    placed.last_attempt
FROM placed
JOIN report_courses ON report_courses.course_id = placed.course_id
JOIN events AS checks ON checks.time = placed.time AND checks.line_hash = placed.line_hash
LEFT JOIN outlines ON outlines.course_id = placed.course_id
LEFT JOIN blocks ON blocks.course_id = placed.course_id AND blocks.block_id = placed.problem_id
WHERE placed.from_last = 1 AND placed.has_answers = 1 AND checks.kind = 'problem'
