-- course_meta_summary_enrollment: one row per course and mode that is the latest mode of any learner on the last day.
--
-- count, cumulative_count: as in course_enrollment_mode_daily. count_change_7_days: the difference to seven days before, when
-- a missing mode counts 0; null if that day is before the first day of the event store. passing_users: null without the
-- LMS's grades. The catalog columns are the catalog service's, and the LMS's course overviews where that does not list the
-- course. availability by the overviews, as of the end of the last day: Archived after the course's end, Current from its
-- start on, Starting Soon in the 60 days before, otherwise Upcoming.
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
),
titles AS (
    SELECT
        key AS course_id,
        title AS catalog_course_title,
        course AS catalog_course,
        start AS start_time,
        "end" AS end_time,
        pacing_type,
        availability
    FROM catalog_course_runs
    UNION ALL
    SELECT
        overviews.id AS course_id,
        overviews.display_name AS catalog_course_title,
        overviews.org || '+' || overviews.display_number_with_default AS catalog_course,
        overviews.start AS start_time,
        overviews.end AS end_time,
        CASE WHEN overviews.self_paced THEN 'self_paced' WHEN NOT overviews.self_paced THEN 'instructor_paced' END
            AS pacing_type,
        CASE
            WHEN NOT ($has_course_overviews_courseoverview_start AND $has_course_overviews_courseoverview_end) THEN NULL
            WHEN overviews.end < $end THEN 'Archived'
            WHEN overviews.start <= $end THEN 'Current'
            WHEN overviews.start < CAST($end AS TIMESTAMP) + INTERVAL 60 DAY THEN 'Starting Soon'
            ELSE 'Upcoming'
        END AS availability
    FROM course_overviews_courseoverview AS overviews
    LEFT JOIN catalog_course_runs AS runs ON runs.key = overviews.id
    WHERE runs.key IS NULL
)
SELECT
    now.course_id,
    titles.catalog_course_title,
    titles.catalog_course,
    titles.start_time,
    titles.end_time,
    titles.pacing_type,
    titles.availability,
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
LEFT JOIN titles ON titles.course_id = now.course_id
