-- sequential_open_distribution: one row per course and subsection, from the LMS's table courseware_studentmodule.
--
-- count: learners who opened the subsection.
SELECT course_id, module_id, COUNT(*) AS count
FROM courseware_studentmodule
WHERE module_type = 'sequential'
GROUP BY course_id, module_id
