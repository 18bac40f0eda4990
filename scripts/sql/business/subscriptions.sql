-- Subscribers and monthly recurring revenue (MRR, millionths of a dollar) at both ends of each period, what moved between them, and
-- who of those without a subscription took one. A user's subscription is as their last event of one says; all of history is read
-- (clustered by type), since the oldest may still run.
-- @periods: 'first day/day after the last' of UTC, such as 2026-11-16/2026-11-23; they may overlap.
-- @to: the first moment after the last of them.
WITH wanted AS (
  SELECT
    period,
    TIMESTAMP(CAST(SPLIT(period, '/')[OFFSET(0)] AS DATE)) AS starts_at,
    TIMESTAMP(CAST(SPLIT(period, '/')[OFFSET(1)] AS DATE)) AS ends_at
  FROM UNNEST(@periods) AS period
),
changes AS (
  SELECT
    user_key,
    type,
    counted_at AS began_at,
    DIV(amount_usd_micros, months) AS mrr,
    LEAD(counted_at) OVER (PARTITION BY user_key ORDER BY counted_at, event_id) AS ended_at,
    MIN(IF(type <> 'subscription.cancelled', counted_at, NULL)) OVER (PARTITION BY user_key) AS first_at
  FROM dailies.events
  WHERE type IN ('subscription.started', 'subscription.changed', 'subscription.cancelled')
    AND user_key <> '' AND counted_at < @to
),
signups AS (
  SELECT user_key, MIN(counted_at) AS signed_up_at
  FROM dailies.events
  WHERE type = 'signup' AND user_key <> '' AND counted_at < @to
  GROUP BY user_key
),
-- A row for each user who had a subscription at any time of the period; no MRR: none at that end of it.
held AS (
  SELECT
    p.period,
    p.starts_at,
    p.ends_at,
    c.user_key,
    c.first_at,
    MAX(IF(c.began_at < p.starts_at, c.mrr, NULL)) AS mrr_before,
    MAX(IF(c.ended_at IS NULL OR c.ended_at >= p.ends_at, c.mrr, NULL)) AS mrr_after,
    LOGICAL_OR(c.type = 'subscription.started' AND c.began_at >= p.starts_at) AS has_started
  FROM wanted AS p
  JOIN changes AS c ON c.began_at < p.ends_at AND (c.ended_at IS NULL OR c.ended_at >= p.starts_at)
  WHERE c.type <> 'subscription.cancelled'
  GROUP BY p.period, p.starts_at, p.ends_at, c.user_key, c.first_at
),
moved AS (
  SELECT
    h.period,
    COUNT(h.mrr_before) AS subscribers_at_start,
    COUNT(h.mrr_after) AS subscribers_at_end,
    SUM(h.mrr_before) AS mrr_at_start_usd_micros,
    SUM(h.mrr_after) AS mrr_at_end_usd_micros,
    COUNTIF(h.mrr_before IS NULL AND h.mrr_after IS NOT NULL AND h.first_at >= h.starts_at) AS new_subscribers,
    SUM(IF(h.mrr_before IS NULL AND h.first_at >= h.starts_at, h.mrr_after, 0)) AS new_mrr_usd_micros,
    COUNTIF(h.mrr_before IS NULL AND h.mrr_after IS NOT NULL AND h.first_at < h.starts_at) AS reactivated_subscribers,
    SUM(IF(h.mrr_before IS NULL AND h.first_at < h.starts_at, h.mrr_after, 0)) AS reactivated_mrr_usd_micros,
    COUNTIF(h.mrr_after > h.mrr_before) AS expanded_subscribers,
    SUM(IF(h.mrr_after > h.mrr_before, h.mrr_after - h.mrr_before, 0)) AS expansion_mrr_usd_micros,
    COUNTIF(h.mrr_after < h.mrr_before) AS contracted_subscribers,
    SUM(IF(h.mrr_after < h.mrr_before, h.mrr_before - h.mrr_after, 0)) AS contraction_mrr_usd_micros,
    COUNTIF(h.mrr_before IS NOT NULL AND h.mrr_after IS NULL) AS churned_subscribers,
    SUM(IF(h.mrr_after IS NULL, h.mrr_before, 0)) AS churned_mrr_usd_micros,
    COUNTIF(h.mrr_before IS NOT NULL AND s.signed_up_at < h.ends_at) AS signed_up_subscribers_at_start,
    COUNTIF(h.has_started AND h.mrr_before IS NULL AND s.signed_up_at < h.ends_at) AS converted_users
  FROM held AS h
  LEFT JOIN signups AS s ON s.user_key = h.user_key
  GROUP BY h.period
),
known AS (
  SELECT p.period, COUNT(*) AS signed_up_users
  FROM wanted AS p
  JOIN signups AS s ON s.signed_up_at < p.ends_at
  GROUP BY p.period
)
SELECT * FROM moved FULL JOIN known USING (period)
