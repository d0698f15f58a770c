-- record_page_views: one row per course, user and page that the user viewed.
--
-- A page is a unit, which the address of a request or of a browser's page names, or a subsection, which the address names or
-- the LMS knows as opened. Both times are the earliest and the latest that the log and the LMS tell.
WITH addresses AS (
    SELECT
        COALESCE(course_id, url_course_id) AS course_id,
        CAST(user_id AS BIGINT) AS user_id,
        time,
        REPLACE(
            REPLACE(
                REPLACE(REPLACE(CASE event_source WHEN 'server' THEN event_type ELSE page END, '%40', '@'), '%2B', '+'),
                '%3A',
                ':'
            ),
            '%2F',
            '/'
        ) AS address
    FROM events
    WHERE
        kind = 'other'
        AND event_source IN ('server', 'browser')
        AND REGEXP_MATCHES(user_id, '^[0-9]{1,18}\z')
        AND COALESCE(course_id, url_course_id) IS NOT NULL
        AND REGEXP_MATCHES(
            CASE event_source WHEN 'server' THEN event_type ELSE page END,
            '/courseware/|type(@|%40)(sequential|vertical)'
        )
),
found AS (
    SELECT
        course_id,
        user_id,
        time,
        REGEXP_EXTRACT(address, '.*(block-v1:[^/?#]+type@(sequential|vertical)[+]block@[^/?#+]+)', 1) AS block_id,
        REGEXP_EXTRACT(address, '/courseware/[^/?#]+/([^/?#]+)', 1) AS subsection
    FROM addresses
),
views AS (
    SELECT
        course_id,
        user_id,
        CASE
            WHEN block_id <> '' THEN block_id
            WHEN course_id LIKE 'course-v1:%'
                THEN 'block-v1:' || SUBSTR(course_id, 11) || '+type@sequential+block@' || subsection
            ELSE 'i4x://' || SPLIT_PART(course_id, '/', 1) || '/' || SPLIT_PART(course_id, '/', 2) || '/sequential/'
            || subsection
        END AS block_id,
        time AS first_view,
        time AS last_view
    FROM found
    WHERE block_id <> '' OR (subsection <> '' AND course_id NOT LIKE 'ccx-%')
    UNION ALL
    SELECT course_id, student_id, module_id, created, modified
    FROM courseware_studentmodule
    WHERE module_type = 'sequential'
)
SELECT
    course_id,
    MD5(CAST(user_id AS VARCHAR) || '|' || block_id) AS record_key,
    user_id,
    block_id,
    CASE WHEN block_id LIKE '%type@vertical+%' THEN 'vertical' ELSE 'sequential' END AS type,
    MIN(first_view) AS first_view,
    MAX(last_view) AS last_view
FROM views
WHERE user_id IS NOT NULL AND block_id IS NOT NULL
GROUP BY course_id, user_id, block_id
