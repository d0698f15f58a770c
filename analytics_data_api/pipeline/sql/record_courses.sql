-- record_courses: one row per course that an event or the LMS names.
--
-- Titles, dates and pacing are those of the catalog service where it has the run, else the LMS's own; the days of enrollment
-- are the LMS's. Without both only the organization is known, which the course's id says.
WITH courses AS (
    SELECT course_id FROM store_courses
    UNION
    SELECT id AS course_id FROM course_overviews_courseoverview WHERE id IS NOT NULL
)
SELECT
    courses.course_id,
    MD5(courses.course_id) AS record_key,
    COALESCE(
        overviews.org,
        CASE
            WHEN courses.course_id LIKE '%:%+%' THEN SPLIT_PART(SPLIT_PART(courses.course_id, ':', 2), '+', 1)
            ELSE SPLIT_PART(courses.course_id, '/', 1)
        END
    ) AS org,
    COALESCE(runs.title, overviews.display_name) AS title,
    COALESCE(runs.course, overviews.org || '+' || overviews.display_number_with_default) AS catalog_course,
    COALESCE(runs.start, overviews.start) AS start_time,
    COALESCE(runs.end, overviews.end) AS end_time,
    overviews.enrollment_start,
    overviews.enrollment_end,
    COALESCE(
        runs.pacing_type,
        CASE WHEN overviews.self_paced THEN 'self_paced' WHEN NOT overviews.self_paced THEN 'instructor_paced' END
    ) AS pacing_type,
    overviews.created AS course_created
FROM courses
LEFT JOIN course_overviews_courseoverview AS overviews ON overviews.id = courses.course_id
LEFT JOIN catalog_course_runs AS runs ON runs.key = courses.course_id
