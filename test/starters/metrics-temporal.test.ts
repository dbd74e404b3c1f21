import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { cacheDir } from '../../sandbox/shared/cache-dir.ts';
import { startDevServer, type DevServer } from '../../sandbox/temporal/dev-server.ts';
import { resolveTemporalCli } from '../../sandbox/temporal/resolve-cli.ts';
import { createServer } from '../../starters/server.ts';
import { workflowTypes } from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import { configOf } from '../config/example-config.ts';
import { createTemporalDouble } from './temporal-double.ts';

/** The server of the starters, whose clock each call of `/metrics` moves on by a minute: nothing is cached. */
function createScrape(visibility: Client) {
  const config = configOf(undefined, { LOCKKEEPER_JIRA_WEBHOOK_SECRET: 'x' });
  let nowMs = Date.now();
  const { app } = createServer({
    ...{ config, secrets: config.secrets, client: createTemporalDouble(), visibility },
    ...{ now: () => nowMs, isReady: async () => true, log: () => undefined },
  });
  return async () => {
    nowMs += 60_000;
    return app.inject('/metrics');
  };
}

describe('/metrics of a real Temporal without workers', function () {
  this.timeout(60_000);
  let folder: string;
  let server: DevServer;
  let connection: Connection;
  let client: Client;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lockkeeper-metrics-'));
    const cli = await resolveTemporalCli({ cacheDir: cacheDir(), log: console.warn });
    server = await startDevServer({ cli: cli.path, runDir: folder });
    connection = await Connection.connect({ address: server.address });
    client = new Client({ connection });
  });
  after(async () => {
    await connection?.close();
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  const start = (type: string, workflowId: string, waitingOn: string, phase = 'gate') =>
    client.workflow.start(type, {
      ...{ workflowId, taskQueue: 'nobody', args: [] },
      typedSearchAttributes: [
        { key: attributes.process, value: 'agent-promotion' },
        { key: attributes.phase, value: phase },
        { key: attributes.waitingOn, value: waitingOn },
      ],
    });

  it('counts what runs, and nothing that is over', async () => {
    const { agentPromotion, overrideReview } = workflowTypes;
    await start(agentPromotion, 'a', 'person:nobody-of-ours');
    await start(agentPromotion, 'b', 'freeze');
    await start(agentPromotion, 'c', 'gitlab:CredentialRejected');
    await start(agentPromotion, 'd', 'turn:1', 'overdue');
    await start(overrideReview, 'e', 'person:nobody-of-ours', 'overdue');
    await (await start(overrideReview, 'f', 'person:nobody-of-ours', 'overdue')).terminate();
    const scrape = createScrape(client);
    const expected = [
      'lockkeeper_waiting_runs{group="other",age="0-1h"} 2',
      'lockkeeper_held_runs{process="agent-promotion"} 1',
      'lockkeeper_parked_runs{system="gitlab",type="CredentialRejected"} 1',
      'lockkeeper_overdue_reviews 1',
      'lockkeeper_temporal_up 1',
    ];
    // visibility is a moment late
    let found: string[] = [];
    for (const until = Date.now() + 10_000; Date.now() < until && found.join() !== expected.join();)
      found = (await scrape()).body.split('\n').filter((line) => /^[^#].* [^0]\d*$/.test(line));
    assert.deepEqual(found, expected);
  });

  it('answers all the same when the namespace does not exist', async () => {
    const scrape = createScrape(new Client({ connection, namespace: 'nowhere' }));
    await assertDown(scrape);
  });
});

describe('/metrics without Temporal', function () {
  this.timeout(10_000);

  async function scrapeOf(address: string) {
    // without the SDK's repetitions: one of them could come when the connection is closed already
    const connection = Connection.lazy({ address, interceptors: [] });
    try {
      await assertDown(createScrape(new Client({ connection })));
    } finally {
      await connection.close();
    }
  }

  it('answers when nothing listens', () => scrapeOf('127.0.0.1:1'));

  it('answers within its time when Temporal takes the call and says nothing', async () => {
    const sockets: net.Socket[] = [];
    const silent = net.createServer((socket) => sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    try {
      await scrapeOf(`127.0.0.1:${(silent.address() as net.AddressInfo).port}`);
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });
});

async function assertDown(scrape: ReturnType<typeof createScrape>) {
  const beforeMs = Date.now();
  const { statusCode, body } = await scrape();
  assert.ok(Date.now() - beforeMs < 5_000);
  assert.equal(statusCode, 200);
  assert.match(body, /^lockkeeper_temporal_up 0$/m);
  assert.match(body, /^# TYPE lockkeeper_decisions_total counter$/m);
  assert.doesNotMatch(body, /_runs|overdue/);
}
