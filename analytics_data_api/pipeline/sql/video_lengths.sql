-- Video lengths: one row per video whose length the LMS knows, by the id that its events have.
--
-- Events name a video by its block's own id, or by its old-style location with - in the place of other characters.
SELECT course_id, encoded_module_id, MAX(duration) AS duration
FROM (
    SELECT
        course_id,
        duration,
        CASE
            WHEN block_id LIKE '%+block@%' THEN REGEXP_REPLACE(block_id, '^.*\+block@', '')
            ELSE REGEXP_REPLACE(REPLACE(REPLACE(block_id, '://', '-'), '/', '-'), '[^\w-]', '_', 'g')
        END AS encoded_module_id
    FROM course_blocks
    WHERE type = 'video' AND duration > 0
) AS videos
GROUP BY course_id, encoded_module_id
