-- Trials of each period: a user's first, which lasts 30 days or until a subscription starts. All of history is read (clustered by
-- type), to know which trial is the first.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @to: the first moment after the last of them.
-- @through: up to when everything is known; what runs at the end of a period that is not over runs then.
WITH wanted AS (
  SELECT
    period,
    TIMESTAMP(CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE)) AS starts_at,
    TIMESTAMP(CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE)) AS ends_at,
    LEAST(TIMESTAMP(CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE)), @through) AS known_to
  FROM UNNEST(@periods) AS period
),
trials AS (
  SELECT user_key, MIN(counted_at) AS tried_at
  FROM dailies.events
  WHERE type = 'trial.started' AND user_key <> '' AND counted_at < @to
  GROUP BY user_key
),
subscriptions AS (
  SELECT user_key, counted_at AS subscribed_at
  FROM dailies.events
  WHERE type = 'subscription.started' AND counted_at < TIMESTAMP_ADD(@to, INTERVAL 30 DAY)
),
ended AS (
  SELECT t.user_key, t.tried_at, MIN(s.subscribed_at) AS subscribed_at
  FROM trials AS t
  LEFT JOIN subscriptions AS s ON s.user_key = t.user_key AND s.subscribed_at >= t.tried_at
  GROUP BY t.user_key, t.tried_at
)
SELECT
  p.period,
  COUNTIF(t.tried_at >= p.starts_at) AS started,
  COUNTIF(t.tried_at >= p.starts_at AND t.subscribed_at < TIMESTAMP_ADD(t.tried_at, INTERVAL 30 DAY)) AS converted,
  COUNTIF(
    t.tried_at < p.known_to AND TIMESTAMP_ADD(t.tried_at, INTERVAL 30 DAY) > p.known_to
    AND (t.subscribed_at IS NULL OR t.subscribed_at >= p.known_to)
  ) AS running_at_end
FROM wanted AS p
JOIN ended AS t ON t.tried_at < p.ends_at AND TIMESTAMP_ADD(t.tried_at, INTERVAL 30 DAY) > p.starts_at
GROUP BY p.period
