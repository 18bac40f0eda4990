-- A row for each generation that has ended, with what is known of it by now: corrected, rated and scored.
-- Everything told of one generation counts at its end, so a condition on ended_at leaves whole partitions out.
WITH told AS (
  SELECT
    generation_id,
    counted_at AS ended_at,
    COALESCE(MAX(requested_at), TIMESTAMP_MILLIS(UNIX_MILLIS(counted_at) - SUM(total_ms))) AS requested_at,
    MAX(CASE type
      WHEN 'generation.succeeded' THEN 'succeeded'
      WHEN 'generation.failed' THEN 'failed'
      WHEN 'generation.blocked' THEN 'blocked'
      WHEN 'generation.expired' THEN 'expired'
      WHEN 'generation.cancelled' THEN 'cancelled'
    END) AS outcome,
    MAX(IF(attempts IS NOT NULL, user_key, NULL)) AS user_key,
    MAX(cell_key) AS cell_key,
    MAX(provider) AS provider,
    MAX(model) AS model,
    MAX(kind) AS kind,
    MAX(style) AS style,
    MAX(error_code) AS error_code,
    MAX(fault) AS fault,
    SUM(attempts) AS attempts,
    SUM(queue_ms) AS queue_ms,
    SUM(render_ms) AS render_ms,
    SUM(store_ms) AS store_ms,
    SUM(total_ms) AS total_ms,
    SUM(cost_usd_micros) AS cost_usd_micros,
    SUM(waste_usd_micros) AS waste_usd_micros,
    SUM(possible_waste_usd_micros) AS possible_waste_usd_micros,
    SUM(charged_credits) AS charged_credits,
    SUM(videos_delivered) AS videos_delivered,
    SUM(videos_blocked) AS videos_blocked,
    SUM(video_sec) AS video_sec,
    SUM(rating_stars - IFNULL(previous_rating_stars, 0)) AS rating_stars,
    SUM(quality_thousandths - IFNULL(previous_quality_thousandths, 0)) AS quality_thousandths
  FROM dailies.events
  WHERE type IN (
    'generation.succeeded', 'generation.failed', 'generation.blocked', 'generation.expired', 'generation.cancelled',
    'generation.rated', 'generation.scored', 'generation.corrected'
  )
  GROUP BY generation_id, counted_at
)
SELECT * FROM told
-- What is told of a generation may be loaded before its end.
WHERE attempts IS NOT NULL
