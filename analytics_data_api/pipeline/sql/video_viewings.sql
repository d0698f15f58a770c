-- Video viewings: one row per stretch of a video that a learner watched, from a play to what ended it.
--
-- time: that of the play. seconds: the length of the stretch. A pause, a stop or a seek ends a viewing; another play replaces
-- it. A viewing starts where the play says, or, if a seek ended the one before, where that seek went. Events whose offsets are not numbers from
-- 0 to 36000 are ignored; so are seeks from before 25 June 2014 that did not log where they came from.
WITH offsets AS (
    SELECT
        COALESCE(course_id, url_course_id) AS course_id,
        TRY_CAST(user_id AS BIGINT) AS user_id,
        REGEXP_REPLACE(payload ->> '$.id', '^\s+|\s+$', '', 'g') AS encoded_module_id,
        event_type,
        time,
        line_hash,
        date,
        CASE event_type
            WHEN 'seek_video' THEN TRY_CAST(payload ->> '$.old_time' AS DOUBLE)
            WHEN 'pause_video'
                THEN
                    CASE
                        WHEN payload LIKE '%"currentTime"%' THEN TRY_CAST(payload ->> '$.currentTime' AS DOUBLE)
                        ELSE 0
                    END
            ELSE TRY_CAST(payload ->> '$.currentTime' AS DOUBLE)
        END AS place,
        CASE WHEN event_type = 'seek_video' THEN TRY_CAST(payload ->> '$.new_time' AS DOUBLE) END AS target,
        CASE WHEN event_type = 'play_video' THEN TRY_CAST(payload ->> '$.duration' AS DOUBLE) END AS duration
    FROM events
    WHERE
        kind = 'video'
        AND event_type IN ('play_video', 'pause_video', 'seek_video', 'stop_video')
        AND payload IS NOT NULL
        AND REGEXP_MATCHES(user_id, '^[0-9]+$')
        AND COALESCE(course_id, url_course_id) IS NOT NULL
),
valid AS (
    SELECT
        course_id,
        user_id,
        encoded_module_id,
        event_type,
        time,
        line_hash,
        place,
        target,
        CASE WHEN duration > 0 AND duration < 1000000000 THEN duration END AS duration
    FROM offsets
    WHERE
        user_id IS NOT NULL
        AND encoded_module_id <> ''
        AND place BETWEEN 0 AND 36000
        AND (
            event_type <> 'seek_video'
            OR (target BETWEEN 0 AND 36000 AND NOT (date < DATE '2014-06-25' AND place = target))
        )
),
followed AS (
    SELECT
        *,
        LAG(event_type) OVER (
            PARTITION BY course_id, encoded_module_id, user_id ORDER BY time, event_type, place, line_hash
        ) AS type_before
    FROM valid
),
-- Plays, and the events that ended a viewing: all others do not matter.
steps AS (
    SELECT
        course_id,
        encoded_module_id,
        user_id,
        event_type,
        time,
        place,
        duration,
        LAG(event_type) OVER (
            PARTITION BY course_id, encoded_module_id, user_id ORDER BY time, event_type, place, line_hash
        ) AS type_before,
        LAG(target) OVER (
            PARTITION BY course_id, encoded_module_id, user_id ORDER BY time, event_type, place, line_hash
        ) AS target_before,
        LEAD(event_type) OVER (
            PARTITION BY course_id, encoded_module_id, user_id ORDER BY time, event_type, place, line_hash
        ) AS type_after,
        LEAD(place) OVER (
            PARTITION BY course_id, encoded_module_id, user_id ORDER BY time, event_type, place, line_hash
        ) AS place_after
    FROM followed
    WHERE event_type = 'play_video' OR type_before = 'play_video'
),
viewings AS (
    SELECT
        course_id,
        encoded_module_id,
        user_id,
        time,
        duration,
        CASE WHEN type_before = 'seek_video' THEN target_before ELSE place END AS start_offset,
        place_after AS end_offset
    FROM steps
    WHERE event_type = 'play_video' AND type_after <> 'play_video'
)
SELECT
    course_id,
    encoded_module_id,
    user_id,
    time,
    duration,
    end_offset - start_offset AS seconds,
    CAST(FLOOR(start_offset / 5) AS INTEGER) AS first_segment,
    CAST(FLOOR(end_offset / 5) AS INTEGER) AS last_segment
FROM viewings
WHERE (duration IS NULL OR end_offset <= duration + 1) AND end_offset - start_offset >= 0.25
