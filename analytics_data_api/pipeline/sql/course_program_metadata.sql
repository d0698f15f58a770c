-- course_program_metadata: one row per course and program that it belongs to, from the catalog service.
--
-- Counts nothing. Without data of the catalog service the table stays as it is.
SELECT DISTINCT course_id, program_id, program_type, program_title
FROM catalog_programs
WHERE program_id IS NOT NULL
