-- How quality scores are distributed in each period: all of them, and by provider, model, kind and cell.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @from, @to: from the first day of all of them up to, and not with, the day after the last.
-- A decile is the score at rank ceil(n * k / 10); a bin holds 50 thousandths, the last one 1000 as well.
WITH counted AS (
  SELECT DATE(ended_at) AS day, cell_key, kind, quality_thousandths AS score, COUNT(*) AS scored
  FROM dailies.generations
  WHERE ended_at >= @from AND ended_at < @to AND quality_thousandths IS NOT NULL
  GROUP BY day, cell_key, kind, score
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
    score,
    scored
  FROM counted
  JOIN periods ON day >= first_day AND day < end_day
  CROSS JOIN UNNEST(['all', 'provider', 'model', 'kind', 'cell']) AS level
),
grouped AS (
  SELECT period, level, subject, score, SUM(scored) AS scored
  FROM subjects
  GROUP BY period, level, subject, score
),
ranked AS (
  SELECT
    period,
    level,
    subject,
    score,
    scored,
    SUM(scored) OVER (
      PARTITION BY period, level, subject ORDER BY score ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS last_rank,
    SUM(scored) OVER (PARTITION BY period, level, subject) AS in_all
  FROM grouped
)
SELECT
  period,
  level,
  subject,
  SUM(scored) AS n,
  SUM(score * scored) AS total,
  SUM(score * score * scored) AS squares,
  MIN(score) AS lowest,
  MAX(score) AS highest,
  MIN(IF(last_rank >= DIV(in_all * 1 + 9, 10), score, NULL)) AS decile_1,
  MIN(IF(last_rank >= DIV(in_all * 2 + 9, 10), score, NULL)) AS decile_2,
  MIN(IF(last_rank >= DIV(in_all * 3 + 9, 10), score, NULL)) AS decile_3,
  MIN(IF(last_rank >= DIV(in_all * 4 + 9, 10), score, NULL)) AS decile_4,
  MIN(IF(last_rank >= DIV(in_all * 5 + 9, 10), score, NULL)) AS decile_5,
  MIN(IF(last_rank >= DIV(in_all * 6 + 9, 10), score, NULL)) AS decile_6,
  MIN(IF(last_rank >= DIV(in_all * 7 + 9, 10), score, NULL)) AS decile_7,
  MIN(IF(last_rank >= DIV(in_all * 8 + 9, 10), score, NULL)) AS decile_8,
  MIN(IF(last_rank >= DIV(in_all * 9 + 9, 10), score, NULL)) AS decile_9,
  SUM(IF(LEAST(DIV(score, 50), 19) = 0, scored, 0)) AS bin_0,
  SUM(IF(LEAST(DIV(score, 50), 19) = 1, scored, 0)) AS bin_1,
  SUM(IF(LEAST(DIV(score, 50), 19) = 2, scored, 0)) AS bin_2,
  SUM(IF(LEAST(DIV(score, 50), 19) = 3, scored, 0)) AS bin_3,
  SUM(IF(LEAST(DIV(score, 50), 19) = 4, scored, 0)) AS bin_4,
  SUM(IF(LEAST(DIV(score, 50), 19) = 5, scored, 0)) AS bin_5,
  SUM(IF(LEAST(DIV(score, 50), 19) = 6, scored, 0)) AS bin_6,
  SUM(IF(LEAST(DIV(score, 50), 19) = 7, scored, 0)) AS bin_7,
  SUM(IF(LEAST(DIV(score, 50), 19) = 8, scored, 0)) AS bin_8,
  SUM(IF(LEAST(DIV(score, 50), 19) = 9, scored, 0)) AS bin_9,
  SUM(IF(LEAST(DIV(score, 50), 19) = 10, scored, 0)) AS bin_10,
  SUM(IF(LEAST(DIV(score, 50), 19) = 11, scored, 0)) AS bin_11,
  SUM(IF(LEAST(DIV(score, 50), 19) = 12, scored, 0)) AS bin_12,
  SUM(IF(LEAST(DIV(score, 50), 19) = 13, scored, 0)) AS bin_13,
  SUM(IF(LEAST(DIV(score, 50), 19) = 14, scored, 0)) AS bin_14,
  SUM(IF(LEAST(DIV(score, 50), 19) = 15, scored, 0)) AS bin_15,
  SUM(IF(LEAST(DIV(score, 50), 19) = 16, scored, 0)) AS bin_16,
  SUM(IF(LEAST(DIV(score, 50), 19) = 17, scored, 0)) AS bin_17,
  SUM(IF(LEAST(DIV(score, 50), 19) = 18, scored, 0)) AS bin_18,
  SUM(IF(LEAST(DIV(score, 50), 19) = 19, scored, 0)) AS bin_19
FROM ranked
GROUP BY period, level, subject
ORDER BY period, level, subject
