-- One row for each change of a secret, or attempt, with the newest of its verdicts. Partitions are days (UTC) of the change.
CREATE EXTERNAL TABLE IF NOT EXISTS secret_changes (
  event_id string,
  event_time string,
  event_name string,
  action string,
  kind string,
  account string,
  region string,
  secret_name string,
  secret_arn string,
  actor string,
  actor_type string,
  source_identity string,
  error_code string,
  found_by string,
  verdict string,
  ticket string,
  approver string,
  approved_at string,
  reasons string,
  versions int,
  is_final boolean,
  explanation string,
  explained_by string,
  explained_at string,
  finding string,
  deletion string
)
PARTITIONED BY (day string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://${BUCKET}/${PREFIX}changes/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy-MM-dd',
  'projection.day.range' = '2024-01-01,NOW',
  'storage.location.template' = 's3://${BUCKET}/${PREFIX}changes/day=${day}/'
);
