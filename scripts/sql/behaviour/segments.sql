-- Users by the segment they were in before each period and at its end, and what those of the period's end did in it.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @from, @to: from the first day of all of them up to, and not with, the day after the last.
-- A segment is of the end of a day. A user's days go from the last one active, or the first one seen where that is later; days
-- before the last 29 need not be told apart. Not seen yet: `unseen`.
WITH periods AS (
  SELECT
    period,
    CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE) AS first_day,
    CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE) AS end_day
  FROM UNNEST(@periods) AS period
),
ends AS (
  SELECT DATE_SUB(first_day, INTERVAL 1 DAY) AS last_day FROM periods
  UNION DISTINCT
  SELECT DATE_SUB(end_day, INTERVAL 1 DAY) AS last_day FROM periods
),
-- All of history, of two columns.
users AS (
  SELECT user_key, MIN(DATE(counted_at)) AS first_seen
  FROM dailies.events
  WHERE user_key != '' AND counted_at < @to
  GROUP BY user_key
),
active_days AS (
  SELECT DISTINCT user_key, DATE(active_at) AS day
  FROM dailies.activity
  WHERE active_at >= TIMESTAMP_SUB(@from, INTERVAL 30 DAY) AND active_at < @to
),
recent AS (
  SELECT
    last_day,
    user_key,
    MAX(day) AS last_active,
    COUNTIF(day > DATE_SUB(last_day, INTERVAL 28 DAY)) AS active_days
  FROM active_days
  JOIN ends ON day >= DATE_SUB(last_day, INTERVAL 28 DAY) AND day <= last_day
  GROUP BY last_day, user_key
),
since AS (
  SELECT
    ends.last_day AS last_day,
    users.user_key AS user_key,
    DATE_DIFF(ends.last_day, GREATEST(first_seen, IFNULL(last_active, first_seen)), DAY) AS days_since_active,
    DATE_DIFF(ends.last_day, first_seen, DAY) AS days_since_seen,
    IFNULL(active_days, 0) AS active_days
  FROM users
  JOIN ends ON first_seen <= ends.last_day
  LEFT JOIN recent ON recent.last_day = ends.last_day AND recent.user_key = users.user_key
),
segments AS (
  SELECT
    last_day,
    user_key,
    CASE
      WHEN days_since_active > 28 THEN 'dormant'
      WHEN days_since_active > 14 THEN 'at_risk'
      WHEN days_since_seen <= 14 THEN 'new'
      WHEN active_days >= 10 THEN 'power'
      ELSE 'active'
    END AS segment
  FROM since
),
facts AS (
  SELECT
    user_key,
    DATE(ended_at) AS day,
    COUNT(*) AS generations,
    COUNTIF(outcome = 'succeeded') AS succeeded,
    COUNTIF(outcome IN ('succeeded', 'failed', 'expired')) AS ran,
    IFNULL(SUM(cost_usd_micros), 0) AS cost_usd_micros,
    0 AS net_usd_micros
  FROM dailies.generations
  WHERE ended_at >= @from AND ended_at < @to
  GROUP BY user_key, day
  UNION ALL
  SELECT
    user_key,
    DATE(counted_at) AS day,
    0 AS generations,
    0 AS succeeded,
    0 AS ran,
    0 AS cost_usd_micros,
    SUM(IF(type = 'payment.refunded', -amount_usd_micros, amount_usd_micros)) AS net_usd_micros
  FROM dailies.events
  WHERE type IN ('payment.succeeded', 'payment.refunded') AND counted_at >= @from AND counted_at < @to
  GROUP BY user_key, day
),
totals AS (
  SELECT
    period,
    user_key,
    SUM(generations) AS generations,
    SUM(succeeded) AS succeeded,
    SUM(ran) AS ran,
    SUM(cost_usd_micros) AS cost_usd_micros,
    SUM(net_usd_micros) AS net_usd_micros
  FROM facts
  JOIN periods ON day >= first_day AND day < end_day
  WHERE user_key != ''
  GROUP BY period, user_key
)
SELECT
  periods.period AS period,
  IFNULL(earlier.segment, 'unseen') AS earlier_segment,
  latest.segment AS segment,
  COUNT(*) AS users,
  IFNULL(SUM(generations), 0) AS generations,
  IFNULL(SUM(succeeded), 0) AS succeeded,
  IFNULL(SUM(ran), 0) AS ran,
  IFNULL(SUM(cost_usd_micros), 0) AS cost_usd_micros,
  IFNULL(SUM(net_usd_micros), 0) AS net_usd_micros
FROM periods
JOIN segments AS latest ON latest.last_day = DATE_SUB(end_day, INTERVAL 1 DAY)
LEFT JOIN segments AS earlier
  ON earlier.last_day = DATE_SUB(first_day, INTERVAL 1 DAY) AND earlier.user_key = latest.user_key
LEFT JOIN totals ON totals.period = periods.period AND totals.user_key = latest.user_key
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
