-- How the generations ended that ended within some stretches of time: counts and sums, by stretch, subject and error code.
-- @bounds: rising milliseconds since 1970; place p is from bounds[p - 1] up to, and not with, bounds[p].
-- @from, @to: the first of them and the last. @by: total, cell or style. @prefix, @suffix: how the cell's key begins and ends.
WITH ended AS (
  SELECT
    RANGE_BUCKET(UNIX_MILLIS(ended_at), @bounds) AS place,
    CASE @by
      WHEN 'total' THEN '*'
      WHEN 'cell' THEN COALESCE(cell_key, 'other/other/other')
      WHEN 'style' THEN style
    END AS subject,
    *
  FROM dailies.generations
  WHERE ended_at >= @from
    AND ended_at < @to
    AND STARTS_WITH(COALESCE(cell_key, 'other/other/other'), @prefix)
    AND ENDS_WITH(COALESCE(cell_key, 'other/other/other'), @suffix)
)
SELECT
  place,
  subject,
  error_code,
  COUNT(*) AS ended,
  COUNTIF(outcome = 'succeeded') AS succeeded,
  COUNTIF(outcome = 'failed') AS failed,
  COUNTIF(outcome = 'blocked') AS blocked,
  COUNTIF(outcome = 'cancelled') AS cancelled,
  COUNTIF(outcome = 'expired') AS expired,
  COUNTIF(fault = 'user') AS fault_user,
  COUNTIF(fault = 'provider') AS fault_provider,
  COUNTIF(fault = 'house') AS fault_house,
  IFNULL(SUM(videos_delivered), 0) AS videos_delivered,
  IFNULL(SUM(videos_blocked), 0) AS videos_blocked,
  IFNULL(SUM(video_sec), 0) AS video_sec,
  IFNULL(SUM(IF(rating_stars >= 4, video_sec, 0)), 0) AS accepted_video_sec,
  IFNULL(SUM(cost_usd_micros), 0) AS cost_usd_micros,
  IFNULL(SUM(waste_usd_micros), 0) AS waste_usd_micros,
  IFNULL(SUM(possible_waste_usd_micros), 0) AS possible_waste_usd_micros,
  IFNULL(SUM(charged_credits), 0) AS charged_credits,
  IFNULL(SUM(attempts), 0) AS attempts,
  IFNULL(SUM(GREATEST(attempts - 1, 0)), 0) AS retries,
  COUNTIF(attempts > 1 AND outcome = 'succeeded') AS recoveries,
  IFNULL(SUM(total_ms), 0) AS total_ms,
  IFNULL(SUM(queue_ms), 0) AS queue_ms,
  IFNULL(SUM(render_ms), 0) AS render_ms,
  IFNULL(SUM(store_ms), 0) AS store_ms,
  IFNULL(SUM(quality_thousandths), 0) AS quality_thousandths,
  COUNTIF(rating_stars = 1) AS ratings1,
  COUNTIF(rating_stars = 2) AS ratings2,
  COUNTIF(rating_stars = 3) AS ratings3,
  COUNTIF(rating_stars = 4) AS ratings4,
  COUNTIF(rating_stars = 5) AS ratings5
FROM ended
WHERE subject IS NOT NULL
GROUP BY place, subject, error_code
LIMIT 50001
