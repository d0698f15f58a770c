-- module_engagement: one row per course, learner, day, entity and kind of event.
--
-- count: how often the learner attempted or completed a problem, played a video, or contributed to a discussion on that
-- day. Learners are usernames of up to 150 characters; retired ones are left out.
WITH actions AS (
    SELECT
        COALESCE(course_id, url_course_id) AS course_id,
        username,
        date,
        CASE kind WHEN 'problem' THEN 'problem' WHEN 'video' THEN 'video' ELSE 'discussion' END AS entity_type,
        CASE kind
            WHEN 'problem' THEN payload ->> '$.problem_id'
            WHEN 'video' THEN REGEXP_REPLACE(payload ->> '$.id', '^[ \t\n\f\r]+|[ \t\n\f\r]+\z', '', 'g')
            ELSE payload ->> '$.commentable_id'
        END AS entity_id,
        CASE WHEN kind = 'problem' AND LOWER(payload ->> '$.success') = 'correct' THEN 1 ELSE 0 END AS is_correct
    FROM events
    WHERE
        (
            (kind = 'problem' AND event_type = 'problem_check' AND event_source = 'server')
            OR (kind = 'video' AND event_type = 'play_video')
            OR (kind = 'forum' AND event_type LIKE 'edx.forum.%' AND event_type LIKE '%.created')
        )
        AND payload IS NOT NULL
        AND username <> ''
        AND LENGTH(username) <= 150
        AND SUBSTR(username, 1, 14) <> 'retired__user_'
        AND COALESCE(course_id, url_course_id) IS NOT NULL
),
counts AS (
    SELECT course_id, username, date, entity_type, entity_id, COUNT(*) AS events, SUM(is_correct) AS correct_events
    FROM actions
    WHERE entity_id <> ''
    GROUP BY course_id, username, date, entity_type, entity_id
)
SELECT
    counts.course_id,
    counts.username,
    counts.date,
    counts.entity_type,
    counts.entity_id,
    labels.event,
    CAST(CASE WHEN labels.event = 'completed' THEN counts.correct_events ELSE counts.events END AS BIGINT) AS count
FROM counts
JOIN (
    VALUES ('problem', 'attempted'), ('problem', 'completed'), ('video', 'viewed'), ('discussion', 'contributed')
) AS labels(entity_type, event) ON labels.entity_type = counts.entity_type
WHERE labels.event <> 'completed' OR counts.correct_events > 0
