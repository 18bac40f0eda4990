-- Of those who signed up in each period, how many then took each step, at or after the one before and within 30 days of the signup,
-- and the median of the time since the step before (of an even number the lower). All signups are read (clustered by type), to know
-- which is a user's first. A reported generation is asked for up to 31 days before the row of its end.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @from, @to: from the first moment of all of them up to, and not with, the first after the last.
WITH wanted AS (
  SELECT
    period,
    TIMESTAMP(CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE)) AS starts_at,
    TIMESTAMP(CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE)) AS ends_at
  FROM UNNEST(@periods) AS period
),
signups AS (
  SELECT user_key, MIN(counted_at) AS signed_up_at
  FROM dailies.events
  WHERE type = 'signup' AND user_key <> '' AND counted_at < @to
  GROUP BY user_key
  HAVING MIN(counted_at) >= @from
),
told AS (
  SELECT
    user_key,
    CASE type
      WHEN 'generation.downloaded' THEN 'downloaded'
      WHEN 'payment.succeeded' THEN 'paid'
      ELSE 'asked'
    END AS step,
    IFNULL(requested_at, counted_at) AS told_at
  FROM dailies.events
  WHERE (type IN ('generation.requested', 'generation.downloaded', 'payment.succeeded') OR requested_at IS NOT NULL)
    AND counted_at >= @from AND counted_at < TIMESTAMP_ADD(@to, INTERVAL 61 DAY)
),
asked AS (
  SELECT s.user_key, s.signed_up_at, MIN(t.told_at) AS asked_at
  FROM signups AS s
  JOIN told AS t ON t.user_key = s.user_key
  WHERE t.step = 'asked' AND t.told_at >= s.signed_up_at AND t.told_at < TIMESTAMP_ADD(s.signed_up_at, INTERVAL 30 DAY)
  GROUP BY s.user_key, s.signed_up_at
),
downloaded AS (
  SELECT a.user_key, a.signed_up_at, a.asked_at, MIN(t.told_at) AS downloaded_at
  FROM asked AS a
  JOIN told AS t ON t.user_key = a.user_key
  WHERE t.step = 'downloaded'
    AND t.told_at >= a.asked_at AND t.told_at < TIMESTAMP_ADD(a.signed_up_at, INTERVAL 30 DAY)
  GROUP BY a.user_key, a.signed_up_at, a.asked_at
),
paid AS (
  SELECT d.user_key, d.signed_up_at, d.downloaded_at, MIN(t.told_at) AS paid_at
  FROM downloaded AS d
  JOIN told AS t ON t.user_key = d.user_key
  WHERE t.step = 'paid'
    AND t.told_at >= d.downloaded_at AND t.told_at < TIMESTAMP_ADD(d.signed_up_at, INTERVAL 30 DAY)
  GROUP BY d.user_key, d.signed_up_at, d.downloaded_at
),
steps AS (
  SELECT 'signedUp' AS step, signed_up_at, 0 AS took_ms FROM signups
  UNION ALL
  SELECT 'asked' AS step, signed_up_at, TIMESTAMP_DIFF(asked_at, signed_up_at, MILLISECOND) AS took_ms FROM asked
  UNION ALL
  SELECT 'downloaded' AS step, signed_up_at, TIMESTAMP_DIFF(downloaded_at, asked_at, MILLISECOND) AS took_ms
  FROM downloaded
  UNION ALL
  SELECT 'paid' AS step, signed_up_at, TIMESTAMP_DIFF(paid_at, downloaded_at, MILLISECOND) AS took_ms FROM paid
),
ranked AS (
  SELECT
    p.period,
    s.step,
    s.took_ms,
    ROW_NUMBER() OVER (PARTITION BY p.period, s.step ORDER BY s.took_ms) AS place,
    COUNT(*) OVER (PARTITION BY p.period, s.step) AS users
  FROM wanted AS p
  JOIN steps AS s ON s.signed_up_at >= p.starts_at AND s.signed_up_at < p.ends_at
)
SELECT period, step, users, took_ms AS median_ms
FROM ranked
WHERE place = DIV(users + 1, 2)
