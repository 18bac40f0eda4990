-- Of the users whose first generation fell in each period: the time from signup to it, in milliseconds. It falls when they asked for
-- it; one that was reported, at its end.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @to: the day after the last of all of them.
-- A user who generated before they signed up, or never signed up, is counted apart. A decile is the time at rank ceil(n * k / 10).
WITH firsts AS (
  -- All of history, of two types of events and of ends that were reported.
  SELECT
    user_key,
    MIN(IF(type = 'signup', counted_at, NULL)) AS signed_up_at,
    MIN(IF(type = 'signup', NULL, counted_at)) AS generated_at
  FROM dailies.events
  WHERE
    counted_at < @to
    AND user_key != ''
    AND (type IN ('signup', 'generation.requested') OR requested_at IS NOT NULL)
  GROUP BY user_key
),
periods AS (
  SELECT
    period,
    CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE) AS first_day,
    CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE) AS end_day
  FROM UNNEST(@periods) AS period
),
waits AS (
  SELECT
    period,
    user_key,
    IF(generated_at >= signed_up_at, UNIX_MILLIS(generated_at) - UNIX_MILLIS(signed_up_at), NULL) AS wait_ms
  FROM firsts
  JOIN periods ON DATE(generated_at) >= first_day AND DATE(generated_at) < end_day
),
ranked AS (
  SELECT
    period,
    wait_ms,
    ROW_NUMBER() OVER (PARTITION BY period, wait_ms IS NULL ORDER BY wait_ms, user_key) AS place,
    COUNTIF(wait_ms IS NOT NULL) OVER (PARTITION BY period) AS in_all
  FROM waits
)
SELECT
  period,
  COUNT(*) AS users,
  COUNT(wait_ms) AS users_after_signup,
  IFNULL(SUM(wait_ms), 0) AS total_ms,
  MAX(IF(place = DIV(in_all * 1 + 9, 10), wait_ms, NULL)) AS decile_1,
  MAX(IF(place = DIV(in_all * 2 + 9, 10), wait_ms, NULL)) AS decile_2,
  MAX(IF(place = DIV(in_all * 3 + 9, 10), wait_ms, NULL)) AS decile_3,
  MAX(IF(place = DIV(in_all * 4 + 9, 10), wait_ms, NULL)) AS decile_4,
  MAX(IF(place = DIV(in_all * 5 + 9, 10), wait_ms, NULL)) AS decile_5,
  MAX(IF(place = DIV(in_all * 6 + 9, 10), wait_ms, NULL)) AS decile_6,
  MAX(IF(place = DIV(in_all * 7 + 9, 10), wait_ms, NULL)) AS decile_7,
  MAX(IF(place = DIV(in_all * 8 + 9, 10), wait_ms, NULL)) AS decile_8,
  MAX(IF(place = DIV(in_all * 9 + 9, 10), wait_ms, NULL)) AS decile_9
FROM ranked
GROUP BY period
ORDER BY period
