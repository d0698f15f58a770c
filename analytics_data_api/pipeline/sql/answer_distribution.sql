-- answer_distribution: one row per course, part of a problem, value and variant; texts are still as logged.
--
-- first_response_count and last_response_count: learners whose first and last check had this answer. A part is listed
-- only if its most recent answer tells a known type of response. Module, display name and the choice between value_id and
-- typed text follow the most recent answer of the part; all else the most recent answer of the group. If the log tells no
-- display name, the LMS's name of the problem counts (course_blocks). answers.py cleans the texts.
WITH placed AS (
    SELECT
        *,
        ROW_NUMBER() OVER (PARTITION BY course_id, part_id ORDER BY time DESC, line_hash) AS place_in_part,
        ROW_NUMBER() OVER (
            PARTITION BY course_id, part_id, value, variant_group ORDER BY time DESC, line_hash
        ) AS place_in_group
    FROM answer_parts
),
parts AS (
    SELECT course_id, part_id, module_id, problem_display_name, value_id IS NOT NULL AS has_value_id
    FROM placed
    WHERE
        place_in_part = 1
        AND response_type IN (
            'choiceresponse',
            'optionresponse',
            'multiplechoiceresponse',
            'numericalresponse',
            'stringresponse',
            'formularesponse'
        )
),
counts AS (
    SELECT
        course_id,
        part_id,
        value,
        variant_group,
        SUM(first_responses) AS first_responses,
        SUM(last_responses) AS last_responses
    FROM answer_parts
    GROUP BY course_id, part_id, value, variant_group
)
SELECT
    placed.course_id,
    parts.module_id,
    placed.part_id,
    placed.correct,
    CASE WHEN parts.has_value_id THEN placed.value_id END AS value_id,
    CASE
        WHEN parts.has_value_id THEN placed.answer_value
        ELSE COALESCE(placed.answer_value, placed.value_id)
    END AS answer_value_text,
    placed.variant,
    COALESCE(NULLIF(parts.problem_display_name, ''), blocks.display_name) AS problem_display_name,
    placed.question_text,
    CAST(counts.first_responses AS BIGINT) AS first_response_count,
    CAST(counts.last_responses AS BIGINT) AS last_response_count
FROM placed
JOIN parts ON parts.course_id = placed.course_id AND parts.part_id = placed.part_id
JOIN counts
    ON counts.course_id = placed.course_id
    AND counts.part_id = placed.part_id
    AND counts.value = placed.value
    AND counts.variant_group = placed.variant_group
LEFT JOIN (
    SELECT course_id, block_id, MAX(display_name) AS display_name
    FROM course_blocks
    WHERE type = 'problem'
    GROUP BY course_id, block_id
) AS blocks
    ON blocks.course_id = placed.course_id AND blocks.block_id = parts.module_id
WHERE placed.place_in_group = 1
