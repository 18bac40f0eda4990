-- The distributions of what was measured of the generations that ended within some stretches of time, as the bins of DDSketches:
-- bin i counts values in (γ^(i-1), γ^i], and bin -1 zeros; bins are "index:count", parted by spaces. Parameters as in ends.sql, and
-- @time_bins_per_e, @value_bins_per_e: 1 ÷ ln γ for times, and for cost and quality; @max_characters: as in arrivals.sql.
WITH measured AS (
  SELECT
    RANGE_BUCKET(UNIX_MILLIS(ended_at), @bounds) AS place,
    CASE @by
      WHEN 'total' THEN '*'
      WHEN 'cell' THEN COALESCE(cell_key, 'other/other/other')
      WHEN 'style' THEN style
    END AS subject,
    measure,
    CASE measure
      WHEN 'totalMs' THEN total_ms
      WHEN 'queueMs' THEN queue_ms
      WHEN 'renderMs' THEN render_ms
      WHEN 'storeMs' THEN store_ms
      WHEN 'costUsdMicros' THEN cost_usd_micros
      WHEN 'qualityThousandths' THEN quality_thousandths
    END AS value
  FROM dailies.generations
  CROSS JOIN UNNEST(['totalMs', 'queueMs', 'renderMs', 'storeMs', 'costUsdMicros', 'qualityThousandths']) AS measure
  WHERE ended_at >= @from
    AND ended_at < @to
    AND STARTS_WITH(COALESCE(cell_key, 'other/other/other'), @prefix)
    AND ENDS_WITH(COALESCE(cell_key, 'other/other/other'), @suffix)
),
binned AS (
  SELECT
    place,
    subject,
    measure,
    CASE
      WHEN value <= 0 THEN -1
      ELSE CAST(CEIL(LN(value) * IF(ENDS_WITH(measure, 'Ms'), @time_bins_per_e, @value_bins_per_e)) AS INT64)
    END AS bin,
    COUNT(*) AS n
  FROM measured
  WHERE value IS NOT NULL AND subject IS NOT NULL
  GROUP BY place, subject, measure, bin
),
listed AS (
  SELECT
    place,
    subject,
    measure,
    STRING_AGG(CONCAT(CAST(bin AS STRING), ':', CAST(n AS STRING)), ' ') AS bins
  FROM binned
  GROUP BY place, subject, measure
),
counted AS (
  SELECT *, SUM(LENGTH(bins)) OVER () AS characters
  FROM listed
)
SELECT
  place,
  subject,
  measure,
  IF(characters <= @max_characters, bins, NULL) AS bins,
  characters
FROM counted
LIMIT 50001
