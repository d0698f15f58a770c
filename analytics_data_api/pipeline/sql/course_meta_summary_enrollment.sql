-- course_meta_summary_enrollment: one row per course and mode that is the latest mode of any learner on the last day.
--
-- count, cumulative_count: as in course_enrollment_mode_daily. count_change_7_days: the difference to seven days before, when
-- a missing mode counts 0; null if that day is before the first day of the event store. passing_users: null without the
-- LMS's grades. The catalog columns are the LMS's course overviews. availability, as of the end of the last day: Archived
-- after the course's end, Current from its start on, Starting Soon in the 60 days before, otherwise Upcoming.
WITH now AS (
    SELECT course_id, mode, SUM(at_end) AS enrolled, COUNT(*) AS learners
    FROM enrollment_states
    WHERE until IS NULL
    GROUP BY course_id, mode
),
week_ago AS (
    SELECT course_id, mode, SUM(at_end) AS enrolled
    FROM enrollment_states
    WHERE date <= CAST($last_day - INTERVAL 7 DAY AS DATE) AND (until IS NULL OR until > CAST($last_day - INTERVAL 7 DAY AS DATE))
    GROUP BY course_id, mode
)
SELECT
    now.course_id,
    overviews.display_name AS catalog_course_title,
    overviews.org || '+' || overviews.display_number_with_default AS catalog_course,
    overviews.start AS start_time,
    overviews.end AS end_time,
    CASE WHEN overviews.self_paced THEN 'self_paced' WHEN NOT overviews.self_paced THEN 'instructor_paced' END
        AS pacing_type,
    CASE
        WHEN overviews.id IS NULL THEN NULL
        WHEN overviews.end < $end THEN 'Archived'
        WHEN overviews.start <= $end THEN 'Current'
        WHEN overviews.start < CAST($end AS TIMESTAMP) + INTERVAL 60 DAY THEN 'Starting Soon'
        ELSE 'Upcoming'
    END AS availability,
    now.mode AS enrollment_mode,
    CAST(now.enrolled AS BIGINT) AS count,
    now.learners AS cumulative_count,
    CASE
        WHEN CAST($last_day - INTERVAL 7 DAY AS DATE) >= $first_day
            THEN CAST(now.enrolled - COALESCE(week_ago.enrolled, 0) AS BIGINT)
    END AS count_change_7_days,
    CASE WHEN $has_grades_persistentcoursegrade THEN COALESCE(passing_users.passing_users, 0) END AS passing_users
FROM now
LEFT JOIN week_ago ON week_ago.course_id = now.course_id AND week_ago.mode = now.mode
LEFT JOIN passing_users ON passing_users.course_id = now.course_id AND passing_users.mode = now.mode
LEFT JOIN course_overviews_courseoverview AS overviews ON overviews.id = now.course_id
