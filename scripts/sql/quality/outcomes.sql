-- How generations ended in each period and how their users rated them: all of them, and by provider, model, kind and cell.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @from, @to: from the first day of all of them up to, and not with, the day after the last.
-- A row for each outcome and error code, '' where there is none. The latest rating counts, where the generation ended.
WITH counted AS (
  SELECT
    DATE(ended_at) AS day,
    cell_key,
    kind,
    outcome,
    IFNULL(error_code, '') AS error,
    COUNT(*) AS generations,
    COUNTIF(rating_stars = 1) AS stars_1,
    COUNTIF(rating_stars = 2) AS stars_2,
    COUNTIF(rating_stars = 3) AS stars_3,
    COUNTIF(rating_stars = 4) AS stars_4,
    COUNTIF(rating_stars = 5) AS stars_5
  FROM dailies.generations
  WHERE ended_at >= @from AND ended_at < @to
  GROUP BY day, cell_key, kind, outcome, error
),
periods AS (
  SELECT
    period,
    CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE) AS first_day,
    CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE) AS end_day
  FROM UNNEST(@periods) AS period
),
subjects AS (
  SELECT
    period,
    level,
    CASE level
      WHEN 'all' THEN ''
      WHEN 'provider' THEN SPLIT(cell_key, '/')[OFFSET(0)]
      WHEN 'model' THEN SUBSTR(cell_key, 1, LENGTH(cell_key) - LENGTH(kind) - 1)
      WHEN 'kind' THEN kind
      ELSE cell_key
    END AS subject,
    outcome,
    error,
    generations,
    stars_1,
    stars_2,
    stars_3,
    stars_4,
    stars_5
  FROM counted
  JOIN periods ON day >= first_day AND day < end_day
  CROSS JOIN UNNEST(['all', 'provider', 'model', 'kind', 'cell']) AS level
)
SELECT
  period,
  level,
  subject,
  outcome,
  error,
  SUM(generations) AS generations,
  SUM(stars_1) AS stars_1,
  SUM(stars_2) AS stars_2,
  SUM(stars_3) AS stars_3,
  SUM(stars_4) AS stars_4,
  SUM(stars_5) AS stars_5
FROM subjects
GROUP BY period, level, subject, outcome, error
ORDER BY period, level, subject, outcome, error
