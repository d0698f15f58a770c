-- Last addresses: one row per user with the IP address of the user's latest event that has one.
--
-- Any event of any course counts. At one instant the smaller line hash counts.
WITH addresses AS (
    SELECT user_id, ip, time, line_hash
    FROM events
    WHERE ip <> '' AND REGEXP_MATCHES(user_id, '^[0-9]+\z')
),
latest AS (
    SELECT user_id, MAX(time) AS time
    FROM addresses
    GROUP BY user_id
),
placed AS (
    SELECT
        addresses.user_id,
        addresses.ip,
        ROW_NUMBER() OVER (PARTITION BY addresses.user_id ORDER BY addresses.line_hash) AS place
    FROM addresses
    JOIN latest ON latest.user_id = addresses.user_id AND latest.time = addresses.time
)
SELECT user_id, ip
FROM placed
WHERE place = 1
