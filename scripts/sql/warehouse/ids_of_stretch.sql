-- The ids of the events that the log took in a stretch of time, to find which of them are missing.
-- @recordedFrom, @recordedTo (TIMESTAMP): the stretch, both ends included.
-- @countedFrom, @countedTo (TIMESTAMP): when these events count, both ends included, so that only their days are read.
SELECT event_id
FROM dailies.events
WHERE counted_at >= @countedFrom
  AND counted_at <= @countedTo
  AND recorded_at >= @recordedFrom
  AND recorded_at <= @recordedTo
