-- What makes a user active: a row for each time that somebody known did something with the product. A generation that was reported
-- counts at its end (the row of its end alone says when it was asked for).
SELECT
  user_key,
  type,
  counted_at AS active_at,
  type = 'generation.requested' OR requested_at IS NOT NULL AS is_generation,
  cell_key,
  model,
  kind,
  style
FROM dailies.events
WHERE user_key <> '' AND (
  type IN (
    'session.started', 'feature.used', 'page.viewed',
    'generation.requested', 'generation.opened', 'generation.downloaded'
  )
  OR requested_at IS NOT NULL
)
