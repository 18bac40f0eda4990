-- What generations came to within some stretches of time, divided as told: what verify-truth holds against a recorded history.
-- @by: all, model, kind, cell (model and kind, with a space between), or bucket (the milliseconds since 1970 at which it starts).
-- @bounds: the starts of all buckets and the end of the last, rising. @from, @to: the first of them and the last.
-- A quantile is the value at rank floor(q * (n - 1)), from 0.
WITH told AS (
  -- A reported end tells the arrival as well, which was at most 31 days before.
  SELECT
    COALESCE(requested_at, counted_at) AS happened_at,
    'arrival' AS what,
    NULLIF(user_key, '') AS user,
    model,
    kind,
    CAST(NULL AS INT64) AS total_ms,
    0 AS videos_delivered,
    0 AS video_sec,
    0 AS attempts,
    0 AS cost_usd_micros
  FROM dailies.events
  WHERE counted_at >= @from
    AND counted_at < TIMESTAMP_ADD(@to, INTERVAL 32 DAY)
    AND COALESCE(requested_at, counted_at) >= @from
    AND COALESCE(requested_at, counted_at) < @to
    AND (type = 'generation.requested' OR requested_at IS NOT NULL)
  UNION ALL
  SELECT
    ended_at AS happened_at,
    outcome AS what,
    CAST(NULL AS STRING) AS user,
    model,
    kind,
    total_ms,
    videos_delivered,
    video_sec,
    attempts,
    cost_usd_micros
  FROM dailies.generations
  WHERE ended_at >= @from AND ended_at < @to
),
divided AS (
  SELECT
    *,
    CASE @by
      WHEN 'all' THEN 'all'
      WHEN 'model' THEN model
      WHEN 'kind' THEN kind
      WHEN 'cell' THEN CONCAT(model, ' ', kind)
      WHEN 'bucket' THEN CAST(@bounds[SAFE_OFFSET(RANGE_BUCKET(UNIX_MILLIS(happened_at), @bounds) - 1)] AS STRING)
    END AS key
  FROM told
),
ranked AS (
  SELECT
    *,
    IF(total_ms IS NULL, NULL, ROW_NUMBER() OVER (PARTITION BY key, total_ms IS NULL ORDER BY total_ms)) AS rank,
    COUNT(total_ms) OVER (PARTITION BY key) AS timed
  FROM divided
)
SELECT
  key,
  COUNTIF(what = 'arrival') AS arrivals,
  COUNT(DISTINCT user) AS users,
  COUNTIF(what = 'succeeded') AS succeeded,
  COUNTIF(what = 'failed') AS failed,
  COUNTIF(what = 'blocked') AS blocked,
  COUNTIF(what = 'cancelled') AS cancelled,
  COUNTIF(what = 'expired') AS expired,
  SUM(videos_delivered) AS videosDelivered,
  SUM(video_sec) AS videoSec,
  SUM(attempts) AS attempts,
  SUM(cost_usd_micros) AS costUsdMicros,
  IFNULL(SUM(total_ms), 0) AS totalMs,
  MAX(IF(rank = 1 + DIV(50 * (timed - 1), 100), total_ms, NULL)) AS totalMsP50,
  MAX(IF(rank = 1 + DIV(95 * (timed - 1), 100), total_ms, NULL)) AS totalMsP95,
  MAX(IF(rank = 1 + DIV(99 * (timed - 1), 100), total_ms, NULL)) AS totalMsP99
FROM ranked
GROUP BY key
