-- Problem attempts: one row per problem check that the server graded in a course. What tags and answers start from.
--
-- is_correct: the payload's success is exactly `correct`. has_answers: the event can tell answers, because `answers` is an
-- object that is not empty, and its keys and those of `submission` are ASCII without tab or newline. tags: JSON of the
-- problem's tags at that time. The course is never taken from the URL.
WITH checks AS (
    SELECT
        course_id,
        username,
        user_id,
        time,
        line_hash,
        payload ->> '$.problem_id' AS problem_id,
        payload ->> '$.success' AS success,
        TRY_CAST(payload ->> '$.grade' AS DOUBLE) AS score,
        TRY_CAST(payload ->> '$.max_grade' AS DOUBLE) AS max_score,
        payload ->> '$.answers' AS answers,
        payload ->> '$.submission' AS submission,
        CASE WHEN context LIKE '%"saved_tags"%' THEN context ->> '$.asides.tagging_aside.saved_tags' END AS tags,
        -- Most payloads have no such character at all, and reading their keys would cost more than all else here.
        REGEXP_MATCHES(payload, '[^ -~]|\\[tn]') AS has_odd_characters
    FROM events
    WHERE
        kind = 'problem'
        AND event_type = 'problem_check'
        AND event_source = 'server'
        AND course_id IS NOT NULL
        AND payload IS NOT NULL
)
SELECT
    course_id,
    problem_id,
    username,
    user_id,
    time,
    line_hash,
    score,
    max_score,
    CASE WHEN success = 'correct' THEN 1 ELSE 0 END AS is_correct,
    CASE
        WHEN answers LIKE '{_%}' THEN
            CASE
                WHEN NOT has_odd_characters THEN 1
                WHEN REGEXP_MATCHES(ARRAY_TO_STRING(JSON_KEYS(answers), ''), '[^\x00-\x08\x0B-\x7F]') THEN 0
                WHEN NOT submission LIKE '{%}' THEN 1
                WHEN REGEXP_MATCHES(ARRAY_TO_STRING(JSON_KEYS(submission), ''), '[^\x00-\x08\x0B-\x7F]') THEN 0
                ELSE 1
            END
        ELSE 0
    END AS has_answers,
    tags
FROM checks
WHERE problem_id <> ''
