-- Courses of the event store: every course that any event names. Only their rows are written.
SELECT DISTINCT course_id FROM events WHERE course_id IS NOT NULL
UNION
SELECT DISTINCT url_course_id AS course_id FROM events WHERE url_course_id IS NOT NULL
UNION
SELECT DISTINCT payload_course_id AS course_id FROM events WHERE kind = 'enrollment' AND payload_course_id IS NOT NULL
