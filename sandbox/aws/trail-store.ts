/** One record of CloudTrail, as the stand-in keeps it. */
export interface TrailRecord {
  readonly account: string;
  readonly region: string;
  readonly detailType: 'AWS API Call via CloudTrail' | 'AWS Service Event via CloudTrail';
  /** CloudTrail's own form of an event. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What CloudTrail knows, newest first: also of events that EventBridge lost. */
export interface TrailStore {
  add(record: TrailRecord): void;
  /** Of one account and region. */
  list(account: string, region: string): readonly TrailRecord[];
  clear(): void;
}

export function createTrailStore(): TrailStore {
  const records: TrailRecord[] = [];
  return {
    add: (record) => void records.push(record),
    list: (account, region) =>
      records
        .filter((one) => one.account === account && one.region === region)
        .reverse()
        .sort((one, other) => timeOf(other) - timeOf(one)),
    clear: () => void (records.length = 0),
  };
}

/** Milliseconds since 1970. */
export function timeOf({ detail }: TrailRecord): number {
  return Date.parse(String(detail['eventTime']));
}
