-- Passing users: one row per course and enrollment mode with learners who pass the course.
--
-- A graded learner counts for the mode that the learner had on the day of the grade's last change, if the course was
-- passed at some time and there still is a letter grade. Not enrolled before that day: not counted. The LMS's REST API tells
-- neither time: then the mode of the last day counts.
WITH grades AS (
    SELECT
        course_id,
        CAST(user_id AS VARCHAR) AS user_id,
        COALESCE(CAST(MAX(modified) AS DATE), $last_day) AS modified_day
    FROM grades_persistentcoursegrade
    GROUP BY course_id, user_id
    HAVING
        (MAX(passed_timestamp) IS NOT NULL OR MAX(CASE WHEN passed THEN 1 ELSE 0 END) = 1)
        AND MAX(letter_grade) <> ''
)
SELECT grades.course_id, enrollment_states.mode, COUNT(*) AS passing_users
FROM grades
JOIN enrollment_states
    ON enrollment_states.course_id = grades.course_id
    AND enrollment_states.user_id = grades.user_id
    AND enrollment_states.date <= grades.modified_day
    AND (enrollment_states.until IS NULL OR enrollment_states.until > grades.modified_day)
GROUP BY grades.course_id, enrollment_states.mode
