-- What one user did: a row for each figure.
-- @userKey: whose; @from: from here, @to: up to, and not with, this moment; @recentFrom: since when active days count.
-- outcome, model, kind, style and feature: how often, by name, the ten most frequent; any other figure is one number.
WITH mine AS (
  SELECT
    type,
    counted_at,
    cell_key,
    kind,
    IFNULL(style, 'none') AS chosen_style,
    feature,
    generation_id,
    attempts,
    videos_delivered,
    video_sec,
    charged_credits,
    rating_stars,
    previous_rating_stars,
    amount_usd_micros,
    type = 'generation.requested' OR requested_at IS NOT NULL AS is_generation,
    requested_at IS NOT NULL
      OR type IN (
        'session.started', 'page.viewed', 'feature.used',
        'generation.requested', 'generation.opened', 'generation.downloaded'
      ) AS is_activity
  FROM dailies.events
  WHERE user_key = @userKey AND counted_at >= @from AND counted_at < @to
),
named AS (
  SELECT
    figure,
    CASE figure
      WHEN 'outcome' THEN IF(attempts IS NOT NULL, SUBSTR(type, LENGTH('generation.') + 1, 20), NULL)
      WHEN 'model' THEN IF(is_generation, SUBSTR(cell_key, 1, LENGTH(cell_key) - LENGTH(kind) - 1), NULL)
      WHEN 'kind' THEN IF(is_generation, kind, NULL)
      WHEN 'style' THEN IF(is_generation, chosen_style, NULL)
      ELSE feature
    END AS name
  FROM mine
  CROSS JOIN UNNEST(['outcome', 'model', 'kind', 'style', 'feature']) AS figure
),
frequent AS (
  SELECT
    figure,
    name,
    COUNT(*) AS amount,
    ROW_NUMBER() OVER (PARTITION BY figure ORDER BY COUNT(*) DESC, name) AS place
  FROM named
  WHERE name IS NOT NULL
  GROUP BY figure, name
),
totals AS (
  SELECT
    UNIX_MILLIS(MIN(counted_at)) AS first_seen_ms,
    UNIX_MILLIS(MIN(IF(is_activity, counted_at, NULL))) AS first_active_ms,
    UNIX_MILLIS(MAX(IF(is_activity, counted_at, NULL))) AS last_active_ms,
    COUNT(DISTINCT IF(is_activity AND counted_at >= @recentFrom, DATE(counted_at), NULL)) AS active_days,
    COUNTIF(type = 'session.started') AS sessions,
    COUNTIF(is_generation) AS generations,
    IFNULL(SUM(videos_delivered), 0) AS videos,
    IFNULL(SUM(video_sec), 0) AS video_sec,
    COUNT(DISTINCT IF(rating_stars IS NOT NULL, generation_id, NULL)) AS rated,
    IFNULL(SUM(rating_stars - IFNULL(previous_rating_stars, 0)), 0) AS stars,
    IFNULL(SUM(charged_credits), 0) AS charged_credits,
    COUNTIF(type = 'payment.succeeded') AS payments,
    IFNULL(SUM(IF(type = 'payment.succeeded', amount_usd_micros, 0)), 0) AS paid_usd_micros,
    IFNULL(SUM(IF(type = 'payment.refunded', amount_usd_micros, 0)), 0) AS refunded_usd_micros
  FROM mine
)
SELECT figure, name, amount
FROM frequent
WHERE place <= 10
UNION ALL
SELECT
  figure,
  '' AS name,
  CASE figure
    WHEN 'first_seen_ms' THEN first_seen_ms
    WHEN 'first_active_ms' THEN first_active_ms
    WHEN 'last_active_ms' THEN last_active_ms
    WHEN 'active_days' THEN active_days
    WHEN 'sessions' THEN sessions
    WHEN 'generations' THEN generations
    WHEN 'videos' THEN videos
    WHEN 'video_sec' THEN video_sec
    WHEN 'rated' THEN rated
    WHEN 'stars' THEN stars
    WHEN 'charged_credits' THEN charged_credits
    WHEN 'payments' THEN payments
    WHEN 'paid_usd_micros' THEN paid_usd_micros
    WHEN 'refunded_usd_micros' THEN refunded_usd_micros
  END AS amount
FROM totals
CROSS JOIN UNNEST([
  'first_seen_ms', 'first_active_ms', 'last_active_ms', 'active_days', 'sessions', 'generations', 'videos',
  'video_sec', 'rated', 'stars', 'charged_credits', 'payments', 'paid_usd_micros', 'refunded_usd_micros'
]) AS figure
ORDER BY figure, amount DESC, name
