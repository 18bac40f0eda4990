-- How much the users active in each period did: generations asked for and sessions, and both by user.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @from, @to: from the first day of all of them up to, and not with, the day after the last.
-- A decile is the number of the user at rank ceil(n * k / 10).
WITH counted AS (
  SELECT
    user_key,
    DATE(active_at) AS day,
    COUNTIF(is_generation) AS generations,
    COUNTIF(type = 'session.started') AS sessions
  FROM dailies.activity
  WHERE active_at >= @from AND active_at < @to
  GROUP BY user_key, day
),
periods AS (
  SELECT
    period,
    CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE) AS first_day,
    CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE) AS end_day
  FROM UNNEST(@periods) AS period
),
by_user AS (
  SELECT period, user_key, SUM(generations) AS generations, SUM(sessions) AS sessions
  FROM counted
  JOIN periods ON day >= first_day AND day < end_day
  GROUP BY period, user_key
),
ranked AS (
  SELECT
    period,
    generations,
    sessions,
    ROW_NUMBER() OVER (PARTITION BY period ORDER BY generations, user_key) AS generations_rank,
    ROW_NUMBER() OVER (PARTITION BY period ORDER BY sessions, user_key) AS sessions_rank,
    COUNT(*) OVER (PARTITION BY period) AS in_all
  FROM by_user
)
SELECT
  period,
  COUNT(*) AS users,
  SUM(generations) AS generations,
  COUNTIF(generations > 0) AS users_generating,
  SUM(sessions) AS sessions,
  COUNTIF(sessions > 0) AS users_with_session,
  MAX(IF(generations_rank = DIV(in_all * 1 + 9, 10), generations, NULL)) AS generations_decile_1,
  MAX(IF(generations_rank = DIV(in_all * 2 + 9, 10), generations, NULL)) AS generations_decile_2,
  MAX(IF(generations_rank = DIV(in_all * 3 + 9, 10), generations, NULL)) AS generations_decile_3,
  MAX(IF(generations_rank = DIV(in_all * 4 + 9, 10), generations, NULL)) AS generations_decile_4,
  MAX(IF(generations_rank = DIV(in_all * 5 + 9, 10), generations, NULL)) AS generations_decile_5,
  MAX(IF(generations_rank = DIV(in_all * 6 + 9, 10), generations, NULL)) AS generations_decile_6,
  MAX(IF(generations_rank = DIV(in_all * 7 + 9, 10), generations, NULL)) AS generations_decile_7,
  MAX(IF(generations_rank = DIV(in_all * 8 + 9, 10), generations, NULL)) AS generations_decile_8,
  MAX(IF(generations_rank = DIV(in_all * 9 + 9, 10), generations, NULL)) AS generations_decile_9,
  MAX(IF(sessions_rank = DIV(in_all * 1 + 9, 10), sessions, NULL)) AS sessions_decile_1,
  MAX(IF(sessions_rank = DIV(in_all * 2 + 9, 10), sessions, NULL)) AS sessions_decile_2,
  MAX(IF(sessions_rank = DIV(in_all * 3 + 9, 10), sessions, NULL)) AS sessions_decile_3,
  MAX(IF(sessions_rank = DIV(in_all * 4 + 9, 10), sessions, NULL)) AS sessions_decile_4,
  MAX(IF(sessions_rank = DIV(in_all * 5 + 9, 10), sessions, NULL)) AS sessions_decile_5,
  MAX(IF(sessions_rank = DIV(in_all * 6 + 9, 10), sessions, NULL)) AS sessions_decile_6,
  MAX(IF(sessions_rank = DIV(in_all * 7 + 9, 10), sessions, NULL)) AS sessions_decile_7,
  MAX(IF(sessions_rank = DIV(in_all * 8 + 9, 10), sessions, NULL)) AS sessions_decile_8,
  MAX(IF(sessions_rank = DIV(in_all * 9 + 9, 10), sessions, NULL)) AS sessions_decile_9
FROM ranked
GROUP BY period
ORDER BY period
