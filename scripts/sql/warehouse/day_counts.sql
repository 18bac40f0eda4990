-- What each UTC day came to by cell, as the rollups count it: generations asked for, ends by outcome, cost and seconds of video.
-- @from, @to: from the first moment of the first day up to, and not with, that of the day after the last.
WITH told AS (
  -- A reported end tells the arrival as well, which was at most 31 days before.
  SELECT
    DATE(COALESCE(requested_at, counted_at)) AS day,
    cell_key,
    'arrival' AS type,
    0 AS cost_usd_micros,
    0 AS video_sec
  FROM dailies.events
  WHERE counted_at >= @from
    AND counted_at < TIMESTAMP_ADD(@to, INTERVAL 32 DAY)
    AND type IN (
      'generation.requested', 'generation.succeeded', 'generation.failed', 'generation.blocked', 'generation.cancelled',
      'generation.expired'
    )
    AND (type = 'generation.requested' OR requested_at IS NOT NULL)
    AND COALESCE(requested_at, counted_at) >= @from
    AND COALESCE(requested_at, counted_at) < @to
  UNION ALL
  SELECT DATE(counted_at) AS day, cell_key, type, cost_usd_micros, video_sec
  FROM dailies.events
  WHERE counted_at >= @from
    AND counted_at < @to
    AND type IN (
      'generation.succeeded', 'generation.failed', 'generation.blocked', 'generation.cancelled', 'generation.expired',
      'generation.corrected'
    )
)
SELECT
  day,
  IFNULL(cell_key, 'other/other/other') AS cellKey,
  COUNTIF(type = 'arrival') AS arrivals,
  COUNTIF(type = 'generation.succeeded') AS succeeded,
  COUNTIF(type = 'generation.failed') AS failed,
  COUNTIF(type = 'generation.blocked') AS blocked,
  COUNTIF(type = 'generation.cancelled') AS cancelled,
  COUNTIF(type = 'generation.expired') AS expired,
  IFNULL(SUM(cost_usd_micros), 0) AS costUsdMicros,
  IFNULL(SUM(video_sec), 0) AS videoSec
FROM told
GROUP BY day, cellKey
ORDER BY day, cellKey
LIMIT 20001
