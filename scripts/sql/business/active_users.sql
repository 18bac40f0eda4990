-- Users active in each period; and of its days up to @today, added up: who was active on the day, in the 7 days that end with it, and
-- in the 30; the last two also for the last of these days.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @from, @to: from the first moment of all of them up to, and not with, the first after the last.
-- @today: the last day that counts, such as 2026-11-20.
WITH wanted AS (
  SELECT
    period,
    CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE) AS start_on,
    CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE) AS end_on
  FROM UNNEST(@periods) AS period
),
user_days AS (
  SELECT DISTINCT user_key, DATE(active_at) AS day
  FROM dailies.activity
  WHERE active_at >= TIMESTAMP_SUB(@from, INTERVAL 29 DAY) AND active_at < @to
),
stays AS (
  SELECT user_key, day, LEAD(day) OVER (PARTITION BY user_key ORDER BY day) AS next_day
  FROM user_days
),
days AS (
  SELECT day
  FROM UNNEST(GENERATE_DATE_ARRAY(DATE(@from), LEAST(DATE_SUB(DATE(@to), INTERVAL 1 DAY), CAST(@today AS DATE)))) AS day
),
-- Of each user only the last active day up to the day in question is joined.
by_day AS (
  SELECT
    d.day,
    COUNTIF(s.day = d.day) AS daily_users,
    COUNTIF(s.day > DATE_SUB(d.day, INTERVAL 7 DAY)) AS weekly_users,
    COUNT(*) AS monthly_users
  FROM days AS d
  JOIN stays AS s
    ON s.day <= d.day AND s.day > DATE_SUB(d.day, INTERVAL 30 DAY) AND (s.next_day IS NULL OR s.next_day > d.day)
  GROUP BY d.day
),
sums AS (
  SELECT
    p.period,
    SUM(t.daily_users) AS daily_users_sum,
    SUM(t.weekly_users) AS weekly_users_sum,
    SUM(t.monthly_users) AS monthly_users_sum,
    SUM(IF(t.day = LEAST(DATE_SUB(p.end_on, INTERVAL 1 DAY), CAST(@today AS DATE)), t.weekly_users, 0)) AS weekly_users_at_end,
    SUM(IF(t.day = LEAST(DATE_SUB(p.end_on, INTERVAL 1 DAY), CAST(@today AS DATE)), t.monthly_users, 0)) AS monthly_users_at_end
  FROM wanted AS p
  JOIN by_day AS t ON t.day >= p.start_on AND t.day < p.end_on
  GROUP BY p.period
),
distinct_users AS (
  SELECT p.period, COUNT(DISTINCT u.user_key) AS users
  FROM wanted AS p
  JOIN user_days AS u ON u.day >= p.start_on AND u.day < p.end_on
  GROUP BY p.period
)
SELECT * FROM sums LEFT JOIN distinct_users USING (period)
