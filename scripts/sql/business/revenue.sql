-- What was paid and paid back in each period, in millionths of a dollar; a period without either has no row.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @from, @to: from the first moment of all of them up to, and not with, the first after the last.
WITH wanted AS (
  SELECT
    period,
    TIMESTAMP(CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE)) AS starts_at,
    TIMESTAMP(CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE)) AS ends_at
  FROM UNNEST(@periods) AS period
)
SELECT
  p.period,
  SUM(IF(e.type = 'payment.succeeded', e.amount_usd_micros, 0)) AS gross_usd_micros,
  SUM(IF(e.type = 'payment.refunded', e.amount_usd_micros, 0)) AS refunds_usd_micros,
  COUNTIF(e.type = 'payment.succeeded') AS payments,
  COUNT(DISTINCT IF(e.type = 'payment.refunded', e.payment_id, NULL)) AS refunded_payments,
  COUNT(DISTINCT IF(e.type = 'payment.succeeded' AND e.user_key <> '', e.user_key, NULL)) AS paying_users
FROM wanted AS p
JOIN dailies.events AS e ON e.counted_at >= p.starts_at AND e.counted_at < p.ends_at
WHERE e.type IN ('payment.succeeded', 'payment.refunded') AND e.counted_at >= @from AND e.counted_at < @to
GROUP BY p.period
