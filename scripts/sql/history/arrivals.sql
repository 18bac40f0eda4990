-- Generations asked for within some stretches of time, and by how many users, by stretch and subject. Parameters as in ends.sql, and
-- @max_characters: where all the lists together are longer, as `characters` says of each row, they are left out.
-- A user is the first 13 hexadecimal digits of their key. Up to 1,000 of them are named in `users`, parted by spaces; of more there
-- are the registers of a HyperLogLog in `registers`, "register:rank": its number the first 14 bits of a user, its rank the
-- place of the first 1 among the other 38 bits, the highest of all users.
WITH arrivals AS (
  SELECT
    RANGE_BUCKET(UNIX_MILLIS(COALESCE(requested_at, counted_at)), @bounds) AS place,
    CASE @by
      WHEN 'total' THEN '*'
      WHEN 'cell' THEN COALESCE(cell_key, 'other/other/other')
      WHEN 'style' THEN style
    END AS subject,
    IF(LENGTH(user_key) >= 13, SUBSTR(user_key, 1, 13), NULL) AS user
  FROM dailies.events
  -- A reported end tells the arrival, too, which was at most 31 days before.
  WHERE counted_at >= @from
    AND counted_at < TIMESTAMP_ADD(@to, INTERVAL 31 DAY)
    AND type IN (
      'generation.requested', 'generation.succeeded', 'generation.failed', 'generation.blocked', 'generation.expired',
      'generation.cancelled'
    )
    AND (type = 'generation.requested' OR requested_at IS NOT NULL)
    AND COALESCE(requested_at, counted_at) >= @from
    AND COALESCE(requested_at, counted_at) < @to
    AND STARTS_WITH(COALESCE(cell_key, 'other/other/other'), @prefix)
    AND ENDS_WITH(COALESCE(cell_key, 'other/other/other'), @suffix)
),
asking AS (
  SELECT place, subject, user, SAFE_CAST(CONCAT('0x', user) AS INT64) AS number, COUNT(*) AS arrivals
  FROM arrivals
  WHERE subject IS NOT NULL
  GROUP BY place, subject, user
),
ranked AS (
  SELECT
    place,
    subject,
    user,
    arrivals,
    DIV(number, 274877906944) AS register,
    -- The logarithm of a power of two may come out a little low, and that of the number before one stays 5e-12 below.
    IF(
      MOD(number, 274877906944) = 0,
      39,
      38 - CAST(FLOOR(LN(NULLIF(MOD(number, 274877906944), 0)) / LN(2) + 1e-12) AS INT64)
    ) AS rank
  FROM asking
),
registers AS (
  SELECT
    place,
    subject,
    register,
    MAX(rank) AS rank,
    SUM(arrivals) AS arrivals,
    COUNT(user) AS users,
    STRING_AGG(user, ' ') AS named
  FROM ranked
  GROUP BY place, subject, register
),
listed AS (
  SELECT
    place,
    subject,
    SUM(arrivals) AS arrivals,
    IF(SUM(users) <= 1000, STRING_AGG(named, ' '), NULL) AS users,
    IF(
      SUM(users) > 1000,
      STRING_AGG(CONCAT(CAST(register AS STRING), ':', CAST(rank AS STRING)), ' '),
      NULL
    ) AS registers
  FROM registers
  GROUP BY place, subject
),
measured AS (
  SELECT *, SUM(LENGTH(COALESCE(users, registers, ''))) OVER () AS characters
  FROM listed
)
SELECT
  place,
  subject,
  arrivals,
  IF(characters <= @max_characters, users, NULL) AS users,
  IF(characters <= @max_characters, registers, NULL) AS registers,
  characters
FROM measured
LIMIT 50001
