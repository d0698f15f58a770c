-- record_users: one row per user whose username is known: from the LMS's auth_user where it is there, else from the log.
--
-- last_active: the latest event of the user anywhere. Retired users and users whose id is not a number are left out. An
-- empty text of a profile says nothing and is null.
WITH last_times AS (
    SELECT user_id, MAX(last_active) AS last_active
    FROM active_times
    GROUP BY user_id
)
SELECT
    MD5(CAST(users.user_id AS VARCHAR)) AS record_key,
    users.user_id,
    users.username,
    NULLIF(users.email, '') AS email,
    NULLIF(profiles.name, '') AS name,
    NULLIF(profiles.gender, '') AS gender,
    profiles.year_of_birth,
    NULLIF(profiles.level_of_education, '') AS level_of_education,
    NULLIF(profiles.language, '') AS language,
    NULLIF(profiles.city, '') AS city,
    NULLIF(profiles.country, '') AS country,
    accounts.is_active,
    accounts.date_joined AS joined,
    last_times.last_active
FROM (
    SELECT CAST(user_id AS BIGINT) AS user_id, username, email
    FROM usernames
    WHERE REGEXP_MATCHES(user_id, '^[0-9]{1,18}\z') AND SUBSTR(username, 1, 14) <> 'retired__user_'
) AS users
LEFT JOIN auth_user AS accounts ON accounts.id = users.user_id
LEFT JOIN auth_userprofile AS profiles ON profiles.user_id = users.user_id
LEFT JOIN last_times ON last_times.user_id = users.user_id
