-- Passing users: one row per course and enrollment mode with learners who pass the course.
--
-- A graded learner counts for the mode that the learner had on the day of the grade's last change, if the course was
-- passed at some time and there still is a letter grade. No enrollment event before that day: not counted.
WITH grades AS (
    SELECT
        course_id,
        CAST(user_id AS VARCHAR) AS user_id,
        CAST(MAX(modified) AS DATE) AS modified_day
    FROM grades_persistentcoursegrade
    GROUP BY course_id, user_id
    HAVING MAX(passed_timestamp) IS NOT NULL AND MAX(letter_grade) <> ''
)
SELECT grades.course_id, enrollment_states.mode, COUNT(*) AS passing_users
FROM grades
JOIN enrollment_states
    ON enrollment_states.course_id = grades.course_id
    AND enrollment_states.user_id = grades.user_id
    AND enrollment_states.date <= grades.modified_day
    AND (enrollment_states.until IS NULL OR enrollment_states.until > grades.modified_day)
GROUP BY grades.course_id, enrollment_states.mode
