-- The 50 features of each period that most users used: how many users, and how often.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @from, @to: from the first moment of all of them up to, and not with, the first after the last.
WITH wanted AS (
  SELECT
    period,
    CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE) AS start_on,
    CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE) AS end_on
  FROM UNNEST(@periods) AS period
),
uses AS (
  SELECT feature, NULLIF(user_key, '') AS user_key, DATE(counted_at) AS day, COUNT(*) AS events
  FROM dailies.events
  WHERE type = 'feature.used' AND counted_at >= @from AND counted_at < @to
  GROUP BY 1, 2, 3
),
used AS (
  SELECT p.period, u.feature, COUNT(DISTINCT u.user_key) AS users, SUM(u.events) AS events
  FROM wanted AS p
  JOIN uses AS u ON u.day >= p.start_on AND u.day < p.end_on
  GROUP BY p.period, u.feature
),
ranked AS (
  SELECT
    period,
    feature,
    users,
    events,
    ROW_NUMBER() OVER (PARTITION BY period ORDER BY users DESC, events DESC, feature) AS place
  FROM used
)
SELECT period, feature, users, events
FROM ranked
WHERE place <= 50
ORDER BY period, place
