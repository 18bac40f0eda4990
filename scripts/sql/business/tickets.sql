-- Support tickets of each period by category, and of all categories under ''. A ticket is open from an opened that does not follow
-- another to the next closed. The median of the time that those closed were open is the lower one of an even number. All of history
-- is read (clustered by type), since the oldest may still be open.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @to: the first moment after the last of them.
WITH wanted AS (
  SELECT
    period,
    TIMESTAMP(CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE)) AS starts_at,
    TIMESTAMP(CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE)) AS ends_at
  FROM UNNEST(@periods) AS period
),
told AS (
  SELECT
    event_id,
    ticket_id,
    ticket_status,
    ticket_category,
    counted_at,
    LAG(ticket_status) OVER (PARTITION BY ticket_id ORDER BY counted_at, event_id) AS status_before
  FROM dailies.events
  WHERE type = 'support.ticket' AND counted_at < @to
),
turns AS (
  SELECT
    ticket_status,
    IFNULL(ticket_category, 'uncategorised') AS ticket_category,
    counted_at AS opened_at,
    LEAD(counted_at) OVER (PARTITION BY ticket_id ORDER BY counted_at, event_id) AS closed_at
  FROM told
  WHERE status_before IS NULL OR status_before <> ticket_status
),
placed AS (
  SELECT p.period, p.starts_at, p.ends_at, category, t.opened_at, t.closed_at
  FROM wanted AS p
  JOIN turns AS t ON t.opened_at < p.ends_at AND (t.closed_at IS NULL OR t.closed_at >= p.starts_at)
  CROSS JOIN UNNEST(['', t.ticket_category]) AS category
  WHERE t.ticket_status = 'opened'
),
counted AS (
  SELECT
    period,
    category,
    COUNTIF(opened_at >= starts_at) AS opened,
    COUNTIF(closed_at < ends_at) AS closed,
    COUNTIF(opened_at < starts_at) AS open_at_start,
    COUNTIF(closed_at IS NULL OR closed_at >= ends_at) AS open_at_end
  FROM placed
  GROUP BY period, category
),
ranked AS (
  SELECT
    period,
    category,
    TIMESTAMP_DIFF(closed_at, opened_at, MILLISECOND) AS open_ms,
    ROW_NUMBER() OVER (PARTITION BY period, category ORDER BY TIMESTAMP_DIFF(closed_at, opened_at, MILLISECOND))
      AS place,
    COUNT(*) OVER (PARTITION BY period, category) AS closings
  FROM placed
  WHERE closed_at < ends_at
),
medians AS (
  SELECT period, category, open_ms AS median_open_ms
  FROM ranked
  WHERE place = DIV(closings + 1, 2)
)
SELECT *
FROM counted
LEFT JOIN medians USING (period, category)
