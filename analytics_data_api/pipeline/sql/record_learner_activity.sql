-- record_learner_activity: one row per course, learner and block that the learner used, of a type below the units.
--
-- attempts and seconds_watched are from the log. score and max_score: the LMS's where it has a grade, else those of the last
-- check in the log. first_active, last_active: the earliest and the latest time that the log and the LMS tell. completed: the
-- LMS has a completion of 1, or a check was correct; null if the LMS's completions are unknown and the block is no problem.
WITH uses AS (
    SELECT
        course_id,
        user_id,
        problem_id AS block_id,
        'problem' AS type,
        first_time,
        last_time,
        attempts,
        score,
        max_score,
        CAST(NULL AS DOUBLE) AS lms_score,
        CAST(NULL AS DOUBLE) AS lms_max_score,
        CAST(is_correct AS DOUBLE) AS completion,
        CAST(NULL AS DOUBLE) AS seconds
    FROM learner_checks
    UNION ALL
    SELECT course_id, user_id, block_id, 'video', first_time, last_time, NULL, NULL, NULL, NULL, NULL, NULL, seconds
    FROM video_activity
    UNION ALL
    SELECT
        course_id, student_id, module_id, module_type, created, modified, NULL, NULL, NULL, grade, max_grade, NULL, NULL
    FROM courseware_studentmodule
    UNION ALL
    SELECT context_key, user_id, block_key, block_type, created, modified, NULL, NULL, NULL, NULL, NULL, completion, NULL
    FROM completion_blockcompletion
),
blocks AS (
    SELECT
        course_id,
        user_id,
        block_id,
        MAX(type) AS type,
        MIN(first_time) AS first_active,
        MAX(last_time) AS last_active,
        MAX(attempts) AS attempts,
        MAX(score) AS score,
        MAX(max_score) AS max_score,
        MAX(lms_score) AS lms_score,
        MAX(lms_max_score) AS lms_max_score,
        MAX(completion) AS completion,
        MAX(seconds) AS seconds
    FROM uses
    WHERE user_id IS NOT NULL AND block_id IS NOT NULL
    GROUP BY course_id, user_id, block_id
)
SELECT
    course_id,
    MD5(CAST(user_id AS VARCHAR) || '|' || block_id) AS record_key,
    user_id,
    block_id,
    type,
    attempts,
    CASE WHEN lms_score IS NULL THEN score ELSE lms_score END AS score,
    CASE WHEN lms_score IS NULL THEN max_score ELSE lms_max_score END AS max_score,
    first_active,
    last_active,
    CASE
        WHEN completion IS NOT NULL THEN completion >= 1
        WHEN $has_completion_blockcompletion THEN FALSE
    END AS completed,
    seconds AS seconds_watched
FROM blocks
WHERE type NOT IN ('course', 'chapter', 'sequential', 'vertical')
