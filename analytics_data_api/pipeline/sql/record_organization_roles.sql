-- record_organization_roles: one row per user and organization with a role that is not of a single course, by the LMS.
SELECT
    MD5(CAST(user_id AS VARCHAR) || '|' || org) AS record_key,
    user_id,
    org,
    ARRAY_TO_STRING(LIST_SORT(LIST(DISTINCT role)), ',') AS roles
FROM student_courseaccessrole
WHERE COALESCE(course_id, '') = '' AND user_id IS NOT NULL AND org <> '' AND role IS NOT NULL
GROUP BY user_id, org
