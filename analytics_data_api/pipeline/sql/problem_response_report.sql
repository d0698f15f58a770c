-- Rows of the report problem_response: one row per course, problem and learner, with the content of the learner's last check.
--
-- section, subsection and unit: where the problem is in the course; name: its name there. They are null, and is_deleted says
-- so, if the course's blocks are known and the problem is not among them. report_checks.sql says which checks these are;
-- problem_reports.py unfolds the content into its parts.
WITH blocks AS (
    -- Blocks are numbered in the order of the outline, so that the section before a block is the one that it is in.
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
    picked.file,
    picked.course_id,
    picked.username,
    picked.problem_id,
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
    picked.total_attempts,
    picked.first_attempt,
    picked.last_attempt
FROM report_checks AS picked
JOIN events AS checks ON checks.time = picked.time AND checks.line_hash = picked.line_hash
LEFT JOIN outlines ON outlines.course_id = picked.course_id
LEFT JOIN blocks ON blocks.course_id = picked.course_id AND blocks.block_id = picked.problem_id
WHERE checks.kind = 'problem'
