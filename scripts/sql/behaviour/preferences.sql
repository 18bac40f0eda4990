-- Which models, kinds and styles were asked for in each period, by how many users, and how many of them asked for it most.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @from, @to: from the first day of all of them up to, and not with, the day after the last.
-- Of what a user asked for equally often, the first by name is preferred. Without a style: `none`.
WITH counted AS (
  SELECT user_key, DATE(active_at) AS day, cell_key, kind, IFNULL(style, 'none') AS chosen_style, COUNT(*) AS generations
  FROM dailies.activity
  WHERE active_at >= @from AND active_at < @to AND is_generation
  GROUP BY user_key, day, cell_key, kind, chosen_style
),
periods AS (
  SELECT
    period,
    CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE) AS first_day,
    CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE) AS end_day
  FROM UNNEST(@periods) AS period
),
chosen AS (
  SELECT
    period,
    user_key,
    choice,
    CASE choice
      WHEN 'model' THEN SUBSTR(cell_key, 1, LENGTH(cell_key) - LENGTH(kind) - 1)
      WHEN 'kind' THEN kind
      ELSE chosen_style
    END AS name,
    generations
  FROM counted
  JOIN periods ON day >= first_day AND day < end_day
  CROSS JOIN UNNEST(['model', 'kind', 'style']) AS choice
),
by_user AS (
  SELECT period, user_key, choice, name, SUM(generations) AS generations
  FROM chosen
  GROUP BY period, user_key, choice, name
),
ranked AS (
  SELECT
    period,
    choice,
    name,
    generations,
    ROW_NUMBER() OVER (PARTITION BY period, user_key, choice ORDER BY generations DESC, name) AS place
  FROM by_user
)
SELECT
  period,
  choice,
  name,
  SUM(generations) AS generations,
  COUNT(*) AS users,
  COUNTIF(place = 1) AS preferred_by
FROM ranked
GROUP BY period, choice, name
ORDER BY period, choice, name
