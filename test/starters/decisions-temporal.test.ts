import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { verifyEnvelope } from '../../activities/decisions/envelope.ts';
import { createMembership } from '../../activities/decisions/membership.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import { cacheDir } from '../../sandbox/shared/cache-dir.ts';
import { startDevServer, type DevServer } from '../../sandbox/temporal/dev-server.ts';
import { resolveTemporalCli } from '../../sandbox/temporal/resolve-cli.ts';
import { findAsker } from '../../starters/cli/decisions/find-asker.ts';
import type { Session } from '../../starters/cli/session.ts';
import { createGateway } from '../../starters/decisions/create-gateway.ts';
import { GatewayRefusal } from '../../starters/decisions/gateway.ts';
import { findInbox } from '../../starters/decisions/inbox.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import { configOf } from '../config/example-config.ts';
import { decisionsYaml, makeKey, nowMs, said, workflowId } from './decision-world.ts';

/** The real server, and no worker at all: what people say must be taken all the same. */
describe('decisions while no worker runs', function () {
  this.timeout(60_000);
  let folder: string;
  let server: DevServer;
  let connection: Connection;
  let client: Client;
  const config = configOf(decisionsYaml());
  const key = makeKey('k1');

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lockkeeper-decisions-'));
    const cli = await resolveTemporalCli({ cacheDir: cacheDir(), log: console.warn });
    server = await startDevServer({ cli: cli.path, runDir: folder });
    connection = await Connection.connect({ address: server.address });
    client = new Client({ connection });
    await start(workflowId, 'person:devops+security');
    await start('agent-promotion:main:10078', 'turn:2');
  });
  after(async () => {
    await connection?.close();
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  function start(id: string, waitingOn: string) {
    return client.workflow.start('agentPromotion', {
      ...{ workflowId: id, taskQueue: 'nobody', args: [] },
      typedSearchAttributes: [
        { key: attributes.ticket, value: 'DEVOPS-77' },
        { key: attributes.waitingOn, value: waitingOn },
        { key: attributes.dueBy, value: new Date('2026-11-05T00:00:00Z') },
      ],
    });
  }

  const gateway = () =>
    createGateway({
      ...{ config, keys: [key], temporal: createTemporalStarter(client), now: () => nowMs },
      membership: createMembership(config, {}, () => nowMs),
      ...{ log: () => undefined, counter: { increment: () => undefined } },
    });

  /** Visibility is a moment late. */
  async function findEntries(groups: readonly string[] | undefined) {
    for (const until = Date.now() + 10_000; Date.now() < until;) {
      const entries = await findInbox(client, groups);
      if (entries.length > 0) return entries;
    }
    return [];
  }

  it('lists what waits for a group, and nothing that waits for something else', async () => {
    const [entry, ...others] = await findEntries(['security']);
    assert.deepEqual(others, []);
    assert.partialDeepStrictEqual(entry, {
      ...{ workflowId, ticket: 'DEVOPS-77', groups: ['devops', 'security'] },
      dueBy: '2026-11-05T00:00:00.000Z',
    });
    assert.deepEqual(await findInbox(client, ['release']), []);
  });

  it('finds the run of a ticket that waits for people', async () => {
    await findEntries(undefined);
    const temporal = { client, probe: async () => undefined } as unknown as Session['temporal'];
    assert.equal(
      await findAsker({ config, temporal, output: { json: true, print() {} } }, 'DEVOPS-77'),
      workflowId,
    );
  });

  it('takes a decision, which Temporal keeps', async () => {
    const { jti } = await gateway().send(said);
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const signal = (events ?? []).find((event) => event.workflowExecutionSignaledEventAttributes);
    const { signalName, input } = signal?.workflowExecutionSignaledEventAttributes ?? {};
    assert.equal(signalName, 'decide');
    const bytes = Buffer.from(input?.payloads?.[0]?.data ?? []).toString('utf8');
    const { envelope } = JSON.parse(bytes) as { envelope: string };
    const { kty, crv, x, kid, lk_via } = key;
    const keys = { find: async () => ({ kty, crv, x, kid, lk_via }) };
    const audience = `default/${workflowId}`;
    const verified = await verifyEnvelope(envelope, { keys, audience, nowMs });
    assert.ok(verified.state === 'valid' && verified.claims.jti === jti, JSON.stringify(verified));
  });

  it('says that a run which never was does not run', async () => {
    const sent = gateway().send({ ...said, workflowId: 'agent-promotion:main:1' });
    await assert.rejects(sent, (error) => error instanceof GatewayRefusal && error.rule === 'not-running');
  });
});
