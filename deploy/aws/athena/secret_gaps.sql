-- What the audit did not hear of by an event. Partitions are days (UTC) of when it happened.
CREATE EXTERNAL TABLE IF NOT EXISTS secret_gaps (
  gap string,
  account string,
  region string,
  event_id string,
  secret_arn string,
  at string,
  found_at string
)
PARTITIONED BY (day string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://${BUCKET}/${PREFIX}gaps/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy-MM-dd',
  'projection.day.range' = '2024-01-01,NOW',
  'storage.location.template' = 's3://${BUCKET}/${PREFIX}gaps/day=${day}/'
);
