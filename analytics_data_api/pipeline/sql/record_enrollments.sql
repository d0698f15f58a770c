-- record_enrollments: one row per course and user who ever enrolled in it.
--
-- In a course of which the LMS's enrollments are known, they decide who is enrolled, in which mode and since when; the log
-- does for all others. unenrolled: the end of the enrollment by the LMS's history, else by the log. Activity is from the log.
-- completed_blocks: blocks with a completion of 1; completion: their share of the course's blocks without children, where
-- discussions do not count. passed: the course was passed at some time and there still is a letter grade.
WITH lms_courses AS (
    SELECT course_id FROM student_courseenrollment
    UNION
    SELECT id AS course_id FROM course_overviews_courseoverview WHERE $has_student_courseenrollment
),
last_active_changes AS (
    SELECT course_id, user_id, MAX(history_date) AS last_active_change
    FROM student_courseenrollment_history
    WHERE is_active
    GROUP BY course_id, user_id
),
ends AS (
    SELECT history.course_id, history.user_id, MIN(history.history_date) AS unenrolled
    FROM student_courseenrollment_history AS history
    LEFT JOIN last_active_changes AS changes
        ON changes.course_id = history.course_id AND changes.user_id = history.user_id
    WHERE
        NOT history.is_active
        AND (changes.last_active_change IS NULL OR history.history_date >= changes.last_active_change)
    GROUP BY history.course_id, history.user_id
),
enrollments AS (
    SELECT
        lms.course_id,
        lms.user_id,
        COALESCE(lms.mode, logged.mode) AS mode,
        COALESCE(lms.is_active, logged.is_enrolled) AS is_enrolled,
        COALESCE(lms.created, logged.enrolled) AS enrolled,
        COALESCE(ends.unenrolled, logged.unenrolled) AS unenrolled
    FROM student_courseenrollment AS lms
    LEFT JOIN logged_enrollments AS logged ON logged.course_id = lms.course_id AND logged.user_id = lms.user_id
    LEFT JOIN ends ON ends.course_id = lms.course_id AND ends.user_id = lms.user_id
    UNION ALL
    SELECT logged.course_id, logged.user_id, logged.mode, logged.is_enrolled, logged.enrolled, logged.unenrolled
    FROM logged_enrollments AS logged
    LEFT JOIN lms_courses ON lms_courses.course_id = logged.course_id
    WHERE lms_courses.course_id IS NULL
),
completions AS (
    SELECT context_key AS course_id, user_id, COUNT(DISTINCT block_key) AS completed_blocks
    FROM completion_blockcompletion
    WHERE completion >= 1
    GROUP BY context_key, user_id
),
parents AS (
    SELECT DISTINCT course_id, parent_id FROM course_blocks WHERE parent_id IS NOT NULL
),
sizes AS (
    SELECT blocks.course_id, COUNT(*) AS blocks
    FROM course_blocks AS blocks
    LEFT JOIN parents ON parents.course_id = blocks.course_id AND parents.parent_id = blocks.block_id
    WHERE
        parents.parent_id IS NULL
        AND blocks.type NOT IN ('course', 'chapter', 'sequential', 'vertical', 'discussion')
    GROUP BY blocks.course_id
),
grades AS (
    SELECT
        course_id,
        user_id,
        MAX(percent_grade) AS percent_grade,
        CASE WHEN MAX(letter_grade) <> '' THEN MAX(passed_timestamp) END AS passed_time,
        CASE WHEN MAX(letter_grade) <> '' THEN MAX(CASE WHEN passed THEN 1 ELSE 0 END) END AS passes
    FROM grades_persistentcoursegrade
    GROUP BY course_id, user_id
),
roles AS (
    SELECT course_id, user_id, ARRAY_TO_STRING(LIST_SORT(LIST(DISTINCT role)), ',') AS roles
    FROM student_courseaccessrole
    WHERE course_id <> ''
    GROUP BY course_id, user_id
)
SELECT
    enrollments.course_id,
    MD5(CAST(enrollments.user_id AS VARCHAR)) AS record_key,
    enrollments.user_id,
    enrollments.mode,
    CASE WHEN enrollments.is_enrolled THEN 'enrolled' WHEN NOT enrollments.is_enrolled THEN 'unenrolled' END AS status,
    enrollments.enrolled,
    CASE WHEN NOT enrollments.is_enrolled THEN enrollments.unenrolled END AS unenrolled,
    active_times.first_active,
    active_times.last_active,
    CASE WHEN $has_completion_blockcompletion THEN COALESCE(completions.completed_blocks, 0) END AS completed_blocks,
    CASE
        WHEN $has_completion_blockcompletion AND sizes.blocks > 0
            THEN LEAST(CAST(COALESCE(completions.completed_blocks, 0) AS DOUBLE) / sizes.blocks, 1)
    END AS completion,
    CASE WHEN $has_grades_persistentcoursegrade THEN grades.passed_time IS NOT NULL OR COALESCE(grades.passes, 0) = 1 END AS passed,
    grades.passed_time,
    grades.percent_grade,
    roles.roles
FROM enrollments
LEFT JOIN active_times ON active_times.course_id = enrollments.course_id AND active_times.user_id = enrollments.user_id
LEFT JOIN completions ON completions.course_id = enrollments.course_id AND completions.user_id = enrollments.user_id
LEFT JOIN sizes ON sizes.course_id = enrollments.course_id
LEFT JOIN grades ON grades.course_id = enrollments.course_id AND grades.user_id = enrollments.user_id
LEFT JOIN roles ON roles.course_id = enrollments.course_id AND roles.user_id = enrollments.user_id
WHERE enrollments.user_id IS NOT NULL
