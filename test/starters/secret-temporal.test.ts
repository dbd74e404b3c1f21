import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startSecretChange, tellSecretTicket } from '../../activities/temporal/start-secrets.ts';
import { secretChangeId } from '../../workflows/shared/names.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import { cacheDir } from '../../sandbox/shared/cache-dir.ts';
import { startDevServer, type DevServer } from '../../sandbox/temporal/dev-server.ts';
import { resolveTemporalCli } from '../../sandbox/temporal/resolve-cli.ts';
import { readSecretEvent } from '../../workflows/secret-audit/read-event.ts';
import { putValue, secretConfig } from './secret-world.ts';

/** The real server, and no worker: what it does about an id that has been there. */
describe('runs of the secret audit on a real Temporal', function () {
  this.timeout(60_000);
  let folder: string;
  let server: DevServer;
  let connection: Connection;
  let client: Client;
  const config = secretConfig();
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lockkeeper-secrets-'));
    const cli = await resolveTemporalCli({ cacheDir: cacheDir(), log: console.warn });
    server = await startDevServer({ cli: cli.path, runDir: folder });
    connection = await Connection.connect({ address: server.address });
    client = new Client({ connection });
  });
  after(async () => {
    await connection?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const runIdOf = async (id: string) => (await client.workflow.getHandle(id).describe()).runId;

  it('a delivery that comes again after its run has closed starts nothing', async () => {
    const starter = createTemporalStarter(client);
    const read = readSecretEvent(putValue);
    assert.ok(read.kind === 'change');
    const tell = () => startSecretChange(starter, config, { event: read.event, foundBy: 'event' });
    assert.equal(await tell(), true);
    const id = secretChangeId(read.event.eventId);
    const runId = await runIdOf(id);
    assert.equal(await tell(), false);
    assert.equal(await runIdOf(id), runId);
    await client.workflow.getHandle(id).terminate();
    await tell();
    assert.equal(await runIdOf(id), runId);
  });

  it('a ticket’s run begins again after it has closed', async () => {
    const starter = createTemporalStarter(client);
    const tell = () => tellSecretTicket(starter, config, { issueId: '1', deliveryId: 'd', event: 'e' });
    const id = await tell();
    const runId = await runIdOf(id);
    await client.workflow.getHandle(id).terminate();
    await tell();
    assert.notEqual(await runIdOf(id), runId);
  });
});
