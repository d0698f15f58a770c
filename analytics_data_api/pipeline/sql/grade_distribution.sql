-- grade_distribution: one row per course, module, grade and maximum grade, from the LMS's table courseware_studentmodule.
--
-- count: learners with this grade. Modules of any type count if they have a grade.
SELECT course_id, module_id, grade, max_grade, COUNT(*) AS count
FROM courseware_studentmodule
WHERE grade IS NOT NULL
GROUP BY course_id, module_id, grade, max_grade
