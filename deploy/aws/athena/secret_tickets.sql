-- A ticket as it stood from `at` on: one row for each secret that it names then. Partitions are days (UTC) of `at`.
CREATE EXTERNAL TABLE IF NOT EXISTS secret_tickets (
  ticket string,
  issue_id string,
  site string,
  at string,
  requester string,
  status string,
  status_by string,
  status_since string,
  secret string,
  actions string,
  window_start string,
  window_end string,
  is_consistent boolean
)
PARTITIONED BY (day string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://${BUCKET}/${PREFIX}tickets/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy-MM-dd',
  'projection.day.range' = '2024-01-01,NOW',
  'storage.location.template' = 's3://${BUCKET}/${PREFIX}tickets/day=${day}/'
);
