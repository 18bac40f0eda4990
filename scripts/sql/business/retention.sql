-- Of those who signed up in the same week or month, and in each of the eleven before: how many there are, and how many of them were
-- active in the period. All signups are read (clustered by type), to know which is a user's first.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; one of 7 days is a week, any other a month.
-- @from, @to: from the first moment of all of them up to, and not with, the first after the last.
WITH days AS (
  SELECT
    period,
    CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE) AS start_on,
    CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE) AS end_on
  FROM UNNEST(@periods) AS period
),
wanted AS (
  SELECT *, IF(DATE_DIFF(end_on, start_on, DAY) = 7, 'week', 'month') AS granularity
  FROM days
),
signups AS (
  SELECT user_key, DATE(MIN(counted_at)) AS day
  FROM dailies.events
  WHERE type = 'signup' AND user_key <> '' AND counted_at < @to
  GROUP BY user_key
),
members AS (
  SELECT 'week' AS granularity, user_key, DATE_TRUNC(day, ISOWEEK) AS cohort_on FROM signups
  UNION ALL
  SELECT 'month' AS granularity, user_key, DATE_TRUNC(day, MONTH) AS cohort_on FROM signups
),
cohorts AS (
  SELECT granularity, cohort_on, COUNT(*) AS users
  FROM members
  GROUP BY granularity, cohort_on
),
cells AS (
  SELECT
    p.period,
    c.cohort_on,
    c.users,
    IF(p.granularity = 'week', DIV(DATE_DIFF(p.start_on, c.cohort_on, DAY), 7), DATE_DIFF(p.start_on, c.cohort_on, MONTH))
      AS periods_later
  FROM wanted AS p
  JOIN cohorts AS c ON c.granularity = p.granularity AND c.cohort_on <= p.start_on
),
user_days AS (
  SELECT DISTINCT user_key, DATE(active_at) AS day
  FROM dailies.activity
  WHERE active_at >= @from AND active_at < @to
),
returned AS (
  SELECT p.period, m.cohort_on, COUNT(DISTINCT u.user_key) AS active_users
  FROM wanted AS p
  JOIN user_days AS u ON u.day >= p.start_on AND u.day < p.end_on
  JOIN members AS m ON m.granularity = p.granularity AND m.user_key = u.user_key
  GROUP BY p.period, m.cohort_on
)
SELECT period, cohort_on, periods_later, users, IFNULL(active_users, 0) AS active_users
FROM cells
LEFT JOIN returned USING (period, cohort_on)
WHERE periods_later < 12
ORDER BY period, periods_later
