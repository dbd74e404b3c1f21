import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { createLedger } from '../../../activities/ledger/client.ts';
import { createLedgerExport } from '../../../activities/ledger/export.ts';
import type { LedgerPort } from '../../../activities/ledger/port.ts';
import { createLedgerTable } from '../../../activities/ledger/table-calls.ts';
import { openBucket } from '../../../activities/s3/bucket.ts';
import { unattended } from '../../../activities/sts/aws-call.ts';
import { toClientSettings } from '../../../activities/sts/aws-connection.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import type { VerdictName } from '../../../workflows/secret-audit/messages.ts';
import { approved, eventOf, ticketOf } from '../../policy/secret-audit/facts.ts';
import { assumeRole, sharedAws } from '../../support/aws.ts';

const folder = new URL('../../../deploy/aws/athena/', import.meta.url);
const sqlOf = (name: string) => readFile(new URL(`${name}.sql`, folder), 'utf8');
/** A day that no other test writes to. */
const day = '2025-03-04';
const prefix = `secret-audit/athena-${Date.now()}/`;

/** Name and type of each column, as the table is made in Athena. */
async function columnsOf(table: string): Promise<readonly (readonly [name: string, type: string])[]> {
  const [, body = ''] = /\(\n([\s\S]*?)\n\)\nPARTITIONED/.exec(await sqlOf(table)) ?? [];
  return body.split(',\n').map((line) => {
    const [name = '', type = ''] = line.trim().split(/\s+/);
    return [name, type];
  });
}

describe('the export for Athena', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let ledger: LedgerPort;
  let sql: DuckDBConnection;
  let temporary: string;
  const read = async (kind: string) => {
    const { s3 } = bucketOf();
    const Key = `${prefix}${kind}/day=${day}/part-0.jsonl`;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: aws.provisioned.secrets.bucket, Key }));
    return (await Body?.transformToString()) ?? '';
  };
  let credentials: Awaited<ReturnType<typeof assumeRole>>;
  const bucketOf = () => {
    const { region, secrets, accounts } = aws.provisioned;
    const connection = { region, endpoint: aws.url, forcePathStyle: true };
    return openBucket(
      { id: accounts.soc.id, bucket: secrets.bucket },
      async () => ({
        ...credentials,
        sessionToken: credentials.sessionToken ?? '',
        expiration: new Date(Date.now() + 900_000),
      }),
      connection,
    );
  };

  async function change(name: string, verdict: VerdictName, ticket: string | null) {
    const eventId = `athena-${Date.now()}-${name}`;
    await ledger.recordChange({
      event: eventOf({ eventId, eventTime: `${day}T12:00:00Z`, eventName: name }),
      foundBy: 'event',
    });
    const said = { verdict, ticket, approver: null, approvedAt: null, reasons: ['=HYPERLINK("x")', 'b'] };
    await ledger.recordVerdict({ eventId, verdict: said, isFinal: false });
  }

  before(async () => {
    aws = await sharedAws();
    const { region, secrets, externalId, credentials: own } = aws.provisioned;
    credentials = await assumeRole(aws, own.jiraBot, { RoleArn: secrets.roleArn, ExternalId: externalId });
    const settings = { ...toClientSettings({ region, endpoint: aws.url }), credentials };
    const context = () => unattended;
    const table = createLedgerTable({ table: secrets.table, settings, context });
    const exportDays = createLedgerExport({ table, bucket: bucketOf(), prefix, context });
    ledger = createLedger({ table, now: () => Date.parse('2025-03-05T00:00:00Z'), exportDays });
    await change('A', 'no-ticket', null);
    await change('B', 'authorised', 'SECCHG-1');
    await change('C', 'unapproved', 'SECCHG-2');
    await change('D', 'rotation', null);
    for (const [key, issueId] of [
      ['SECCHG-1', '901'],
      ['SECCHG-3', '903'],
    ] as const) {
      const ticket = ticketOf([approved(-30)], { key, issueId });
      const at = `${day}T09:00:00.000Z`;
      const changes = ticket.changes.map((one) => ({ ...one, at }));
      await ledger.recordTicket({
        site: 'main',
        ticket: { ...ticket, createdAt: `${day}T08:00:00.000Z`, changes },
      });
    }
    const gap = { kind: 'missed', account: '123456789012', region, eventId: 'e', secretArn: null } as const;
    await ledger.recordGaps({ gaps: [{ ...gap, at: `${day}T12:00:00Z` }] });
    await ledger.exportDays({ days: [day] });
    sql = await (await DuckDBInstance.create(':memory:')).connect();
    temporary = await mkdtemp(path.join(tmpdir(), 'lockkeeper-athena-'));
    for (const kind of ['changes', 'tickets', 'gaps']) await load(kind);
  });
  after(() => rm(temporary, { recursive: true, force: true }));

  /** The columns of the table, from the objects as they lie in the bucket. */
  async function load(kind: string) {
    const file = path.join(temporary, `${kind}.jsonl`);
    await writeFile(file, await read(kind));
    const types: Readonly<Record<string, string>> = { string: 'VARCHAR', int: 'INTEGER', boolean: 'BOOLEAN' };
    const columns = (await columnsOf(`secret_${kind}`)).map(
      ([name, type]) => `'${name}': '${types[type] ?? ''}'`,
    );
    const source = `read_json('${file}', format = 'newline_delimited', columns = {${columns.join(', ')}})`;
    await sql.run(`CREATE TABLE secret_${kind} AS SELECT * FROM ${source}`);
  }
  const run = async (name: string) =>
    (await sql.runAndReadAll((await sqlOf(name)).replace(/;\s*$/, ''))).getRowObjects();

  for (const kind of ['changes', 'tickets', 'gaps'])
    it(`has in ${kind} the columns of the table, and no other`, async () => {
      const [row = '{}'] = (await read(kind)).split('\n');
      const names = (await columnsOf(`secret_${kind}`)).map(([name]) => name);
      assert.deepEqual(Object.keys(JSON.parse(row) as object).sort(), names.toSorted());
    });

  it('finds changes without a ticket', async () => {
    const rows = await run('change-without-ticket');
    assert.deepEqual(
      rows.map((row) => row['event_name']),
      ['A'],
    );
  });

  it('finds approvals that nobody used', async () => {
    const [only, ...others] = await run('ticket-without-change');
    assert.deepEqual([only?.['ticket'], only?.['approver'], others], ['SECCHG-3', 'sue', []]);
  });

  it('finds changes outside an approval', async () => {
    const rows = await run('change-outside-approval');
    assert.deepEqual(
      rows.map((row) => [row['event_name'], row['ticket']]),
      [['C', 'SECCHG-2']],
    );
  });

  it('writes the same bytes again', async () => {
    const before = await read('changes');
    await ledger.exportDays({ days: [day] });
    assert.equal(await read('changes'), before);
  });
});
