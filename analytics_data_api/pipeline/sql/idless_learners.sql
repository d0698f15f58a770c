-- Learners without an id: the number of usernames in problem checks of which no event and no account tells the user's id.
SELECT COUNT(DISTINCT attempts.username) AS learners
FROM problem_attempts AS attempts
LEFT JOIN usernames ON usernames.username = attempts.username
WHERE attempts.user_id IS NULL AND attempts.username <> '' AND usernames.user_id IS NULL
