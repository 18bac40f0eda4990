-- How many users signed up, and of them whose first subscription since @from started within 30 days of the signup.
-- @from, @to: signed up from here up to, and not with, this moment; what is known of the 30 days after it counts.
WITH signups AS (
  SELECT user_key, MIN(counted_at) AS signed_up_at
  FROM dailies.events
  WHERE type = 'signup' AND user_key <> '' AND counted_at >= @from AND counted_at < @to
  GROUP BY user_key
),
subscriptions AS (
  SELECT user_key, MIN(counted_at) AS subscribed_at
  FROM dailies.events
  WHERE type = 'subscription.started' AND user_key <> ''
    AND counted_at >= @from AND counted_at < TIMESTAMP_ADD(@to, INTERVAL 30 DAY)
  GROUP BY user_key
)
SELECT
  COUNT(*) AS signups,
  COUNTIF(subscribed_at >= signed_up_at AND subscribed_at < TIMESTAMP_ADD(signed_up_at, INTERVAL 30 DAY)) AS subscribed
FROM signups
LEFT JOIN subscriptions USING (user_key)
