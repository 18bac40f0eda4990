-- When users were active in each period, by hour of the week in UTC: 0 is Monday from 00:00 to 01:00, 167 the last of Sunday.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @from, @to: from the first day of all of them up to, and not with, the day after the last.
-- An hour in which nobody was active is not there.
WITH counted AS (
  SELECT user_key, DATE(active_at) AS day, EXTRACT(HOUR FROM active_at) AS hour, COUNT(*) AS actions
  FROM dailies.activity
  WHERE active_at >= @from AND active_at < @to
  GROUP BY user_key, day, hour
),
periods AS (
  SELECT
    period,
    CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE) AS first_day,
    CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE) AS end_day
  FROM UNNEST(@periods) AS period
)
SELECT
  period,
  MOD(EXTRACT(DAYOFWEEK FROM day) + 5, 7) * 24 + hour AS hour_of_week,
  SUM(actions) AS actions,
  COUNT(DISTINCT user_key) AS users
FROM counted
JOIN periods ON day >= first_day AND day < end_day
GROUP BY period, hour_of_week
ORDER BY period, hour_of_week
