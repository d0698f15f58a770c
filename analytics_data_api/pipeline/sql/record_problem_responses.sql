-- record_problem_responses: one row per course, learner and part of a problem in the learner's last check of the problem.
--
-- attempts, first_time, last_time: the learner's checks of the whole problem.
SELECT
    course_id,
    MD5(CAST(user_id AS VARCHAR) || '|' || block_id || '|' || part_id) AS record_key,
    user_id,
    block_id,
    part_id,
    response,
    correct,
    attempts,
    first_time,
    last_time
FROM response_parts
