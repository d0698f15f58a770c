-- Usernames: one row per user whose username is known: from the LMS's auth_user where it is there, else from the log.
--
-- The log's events name both id and username; the latest pair counts. Two ids under one username: the one seen last has it.
-- The username of an enrollment event never counts, because it is the actor's.
WITH pairs AS (
    SELECT user_id, username, MAX(time) AS latest
    FROM events
    WHERE
        NOT $has_auth_user
        AND user_id IS NOT NULL
        AND username <> ''
        AND LENGTH(username) <= 150
        AND kind <> 'enrollment'
    GROUP BY user_id, username
),
of_users AS (
    SELECT
        user_id,
        username,
        latest,
        ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY latest DESC, username) AS place
    FROM pairs
),
of_names AS (
    SELECT
        user_id,
        username,
        ROW_NUMBER() OVER (PARTITION BY username ORDER BY latest DESC, user_id) AS place
    FROM of_users
    WHERE place = 1
)
SELECT user_id, username, CAST(NULL AS VARCHAR) AS email
FROM of_names
WHERE place = 1
UNION ALL
SELECT CAST(id AS VARCHAR) AS user_id, username, email
FROM auth_user
WHERE $has_auth_user
