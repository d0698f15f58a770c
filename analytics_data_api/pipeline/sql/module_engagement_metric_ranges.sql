-- module_engagement_metric_ranges: up to three rows (low, normal, high) per course and metric, of the last week.
--
-- The bounds are the 15th and the 85th percentile of the active learners, interpolated between the two closest ranks; an
-- interpolation that touches infinity is infinity, which is null here.
WITH placed AS (
    SELECT
        course_id,
        metric,
        value,
        ROW_NUMBER() OVER (PARTITION BY course_id, metric ORDER BY value NULLS LAST) - 1 AS place,
        COUNT(*) OVER (PARTITION BY course_id, metric) - 1 AS last_place
    FROM learner_metrics
    WHERE in_ranges = 1
),
positions AS (
    SELECT
        course_id,
        metric,
        value,
        place,
        last_place,
        CAST(0.15 AS DOUBLE) * last_place AS low_position,
        CAST(0.85 AS DOUBLE) * last_place AS high_position
    FROM placed
),
ranks AS (
    SELECT
        course_id,
        metric,
        MAX(low_position) - FLOOR(MAX(low_position)) AS low_weight,
        MAX(high_position) - FLOOR(MAX(high_position)) AS high_weight,
        MAX(CASE WHEN place = FLOOR(low_position) THEN value END) AS low_below,
        MAX(CASE WHEN place = LEAST(FLOOR(low_position) + 1, last_place) THEN value END) AS low_above,
        MAX(CASE WHEN place = FLOOR(high_position) THEN value END) AS high_below,
        MAX(CASE WHEN place = LEAST(FLOOR(high_position) + 1, last_place) THEN value END) AS high_above
    FROM positions
    GROUP BY course_id, metric
),
-- A metric without any value, which a course has whose learners attempted no problem, is normal from 0 on.
bounds AS (
    SELECT
        metrics.course_id,
        metrics.metric,
        CASE
            WHEN ranks.metric IS NULL THEN CAST(0 AS DOUBLE)
            ELSE ranks.low_below * (1 - ranks.low_weight) + ranks.low_above * ranks.low_weight
        END AS low,
        CASE
            WHEN ranks.metric IS NULL THEN CAST(0 AS DOUBLE)
            ELSE ranks.high_below * (1 - ranks.high_weight) + ranks.high_above * ranks.high_weight
        END AS high
    FROM (SELECT DISTINCT course_id, metric FROM learner_metrics) AS metrics
    LEFT JOIN ranks ON ranks.course_id = metrics.course_id AND ranks.metric = metrics.metric
),
ranges AS (
    SELECT
        bounds.course_id,
        bounds.metric,
        types.range_type,
        CASE types.range_type WHEN 'low' THEN CAST(0 AS DOUBLE) WHEN 'normal' THEN bounds.low ELSE bounds.high END
            AS low_value,
        CASE
            WHEN types.range_type = 'low' THEN bounds.low
            WHEN types.range_type = 'normal' AND bounds.low IS DISTINCT FROM bounds.high THEN bounds.high
        END AS high_value,
        CASE
            WHEN types.range_type = 'low' THEN bounds.low IS NULL OR bounds.low > 0
            WHEN types.range_type = 'high' THEN bounds.low IS DISTINCT FROM bounds.high
            ELSE TRUE
        END AS exists_here
    FROM bounds
    CROSS JOIN (VALUES ('low'), ('normal'), ('high')) AS types(range_type)
)
SELECT
    course_id,
    CAST($end - INTERVAL 7 DAY AS DATE) AS start_date,
    $end AS end_date,
    metric,
    range_type,
    low_value,
    high_value
FROM ranges
WHERE exists_here
