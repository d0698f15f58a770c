-- record_course_blocks: one row per block of a course but the course itself.
--
-- In a course of which the LMS tells the blocks, all of them, each with the section, subsection and unit that it is or lies
-- in: the last ones before it in the outline. In other courses the problems and videos of the log, with the problem's latest
-- name and nothing else.
WITH placed AS (
    SELECT
        course_id,
        block_id,
        type,
        display_name,
        position,
        graded,
        format,
        due,
        duration,
        MAX(CASE WHEN type = 'chapter' THEN position END) OVER (
            PARTITION BY course_id ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS section_position,
        MAX(CASE WHEN type = 'sequential' THEN position END) OVER (
            PARTITION BY course_id ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS subsection_position,
        MAX(CASE WHEN type = 'vertical' THEN position END) OVER (
            PARTITION BY course_id ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS unit_position
    FROM course_blocks
),
lms_courses AS (
    SELECT DISTINCT course_id FROM course_blocks
),
names AS (
    SELECT
        course_id,
        payload ->> '$.problem_id' AS block_id,
        context ->> '$.module.display_name' AS title,
        ROW_NUMBER() OVER (
            PARTITION BY course_id, payload ->> '$.problem_id'
            ORDER BY context ->> '$.module.display_name' IS NULL, time DESC, line_hash
        ) AS place
    FROM events
    WHERE kind = 'problem' AND event_type = 'problem_check' AND course_id IS NOT NULL AND payload ->> '$.problem_id' <> ''
),
logged AS (
    SELECT course_id, block_id, 'problem' AS type, title FROM names WHERE place = 1
    UNION ALL
    SELECT DISTINCT course_id, block_id, 'video' AS type, CAST(NULL AS VARCHAR) AS title FROM video_activity
)
SELECT
    placed.course_id,
    MD5(placed.block_id) AS record_key,
    placed.block_id,
    placed.type,
    placed.display_name AS title,
    sections.display_name AS section,
    subsections.display_name AS subsection,
    units.display_name AS unit,
    units.block_id AS unit_id,
    placed.position,
    placed.graded,
    placed.format,
    placed.due,
    placed.duration
FROM placed
LEFT JOIN course_blocks AS sections
    ON sections.course_id = placed.course_id AND sections.position = placed.section_position
LEFT JOIN course_blocks AS subsections
    ON subsections.course_id = placed.course_id
    AND subsections.position = CASE
        WHEN placed.subsection_position > COALESCE(placed.section_position, -1) THEN placed.subsection_position
    END
LEFT JOIN course_blocks AS units
    ON units.course_id = placed.course_id
    AND units.position = CASE
        WHEN placed.unit_position > COALESCE(GREATEST(placed.section_position, placed.subsection_position), -1)
            THEN placed.unit_position
    END
WHERE placed.type <> 'course'
UNION ALL
SELECT
    logged.course_id,
    MD5(logged.block_id),
    logged.block_id,
    logged.type,
    logged.title,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
    NULL
FROM logged
LEFT JOIN lms_courses ON lms_courses.course_id = logged.course_id
WHERE lms_courses.course_id IS NULL
