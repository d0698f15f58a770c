-- Video activity: one row per course, learner and video with a viewing that ended.
--
-- seconds: how long all viewings were by the video's clock. The log names a video by its id in HTML, from which its block's
-- id is made where the course's id says how.
WITH videos AS (
    SELECT
        course_id,
        user_id,
        CASE
            WHEN course_id LIKE 'course-v1:%' AND encoded_module_id NOT LIKE 'i4x-%'
                THEN 'block-v1:' || SUBSTR(course_id, 11) || '+type@video+block@' || encoded_module_id
            WHEN course_id LIKE '%/%/%' AND encoded_module_id LIKE 'i4x-%-video-%'
                THEN 'i4x://' || SPLIT_PART(course_id, '/', 1) || '/' || SPLIT_PART(course_id, '/', 2) || '/video/'
                || REGEXP_EXTRACT(encoded_module_id, '^i4x-.*-video-(.*)\z', 1)
            ELSE encoded_module_id
        END AS block_id,
        time,
        seconds
    FROM video_viewings
)
SELECT
    course_id,
    user_id,
    block_id,
    MIN(time) AS first_time,
    MAX(time) AS last_time,
    SUM(seconds) AS seconds
FROM videos
GROUP BY course_id, user_id, block_id
