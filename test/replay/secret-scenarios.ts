import { workflowTypes } from '../../workflows/shared/names.ts';
import { eventually } from '../support/approval-world.ts';
import { createSecretWorld, type SecretWorld, type Steps } from '../support/secret-world.ts';
import { testQueue } from '../support/stub-workers.ts';
import type { RecordingWorld, Scenario } from './scenario.ts';

/** Stories of the audit of secrets. */

type Stories = Readonly<Record<string, Scenario>>;

const approved: Steps = [[-30, 'sue', { status: 'Approved' }]];
const region = 'us-east-1';

function create(temporal: RecordingWorld, rules: Readonly<Record<string, unknown>> = {}): SecretWorld {
  return createSecretWorld(temporal, Date.now(), rules);
}

const changes: Stories = {
  'pending-then-authorised': async (temporal) => {
    const world = create(temporal);
    const event = world.event('a');
    const handle = await world.deliver(event);
    await world.standsAs(event, 'pending');
    await world.hint(world.ticket('1', approved));
    await world.result(event);
    return handle;
  },
  'unmatched-deletion-taken-back': async (temporal) => {
    const world = create(temporal, { graceMinutes: 0 });
    const event = world.event('a', { eventName: 'DeleteSecret', action: 'delete' });
    const handle = await world.deliver(event);
    await world.standsAs(event, 'no-ticket');
    const restored = world.event('b', { eventName: 'RestoreSecret', action: 'restore' });
    await world.deliver(restored);
    await world.result(restored);
    // it may have seen the restore by itself
    await handle.signal('lookAgain', null).catch(() => undefined);
    await world.result(event);
    return handle;
  },
  'label-joined': async (temporal) => {
    const world = create(temporal, { graceMinutes: 0.05 });
    world.ticket('1', approved);
    const call = world.event('call', { versionId: 'v-1' });
    const label = world.event('label', { kind: 'label', versionId: 'v-1' });
    const handle = await world.deliver(label);
    await world.deliver(call);
    await world.result(call);
    await world.result(label);
    return handle;
  },
};

const tickets: Stories = {
  'claimed-by-an-earlier-change': async (temporal) => {
    const world = create(temporal, { graceMinutes: 0 });
    const ticket = world.ticket('1', approved);
    const first = world.event('a');
    const later = new Date(Date.parse(first.eventTime) + 5_000).toISOString().replace('.000', '');
    const second = world.event('b', { eventTime: later });
    for (const event of [second, first]) {
      await world.deliver(event);
      await world.result(event);
    }
    await world.standsAs(second, 'unapproved');
    const handle = temporal.client.workflow.getHandle(`secret-ticket:main:${ticket.issueId}`);
    await handle.cancel();
    await handle.result().catch(() => undefined);
    return handle;
  },
  'hinted-and-unused': async (temporal) => {
    const world = create(temporal);
    const ticket = world.ticket('1', []);
    await world.hint(ticket);
    const handle = temporal.client.workflow.getHandle(`secret-ticket:main:${ticket.issueId}`);
    await handle.result();
    return handle;
  },
};

async function unmatched(temporal: RecordingWorld): Promise<SecretWorld> {
  const world = create(temporal, { graceMinutes: 0 });
  const event = world.event('a');
  await world.deliver(event);
  await world.result(event);
  return world;
}

const findings: Stories = {
  'known-and-approved-afterwards': async (temporal) => {
    const world = await unmatched(temporal);
    await world.say(await world.openRequest('secret-question'), { principal: 'mia', choice: 'me' });
    await world.say(await world.openRequest('secret-afterwards'), { principal: 'sue' });
    await world.finding().result();
    return world.finding();
  },
  'not-me': async (temporal) => {
    const world = await unmatched(temporal);
    const question = await world.openRequest('secret-question');
    await world.say(question, { principal: 'dana', verb: 'reject', reason: 'no' });
    await world.finding().result();
    return world.finding();
  },
  cleared: async (temporal) => {
    const world = await unmatched(temporal);
    await world.openRequest('secret-question');
    await world.hint(world.ticket('1', approved));
    await world.finding().result();
    return world.finding();
  },
};

function sweep(withGaps: boolean): Scenario {
  return async (temporal) => {
    const world = create(temporal);
    const { account } = world;
    const at = new Date(Date.now() - 3_600_000).toISOString();
    const missed = world.event('missed', { eventTime: at.replace(/\.\d+Z/, 'Z') });
    const workflowId = `secret-sweep:${account}:${region}`;
    world.answerAs(workflowId, {
      lookUpChanges: async () => ({ events: withGaps ? [missed] : [], unreadable: 0, cursor: null }),
      listChangedSecrets: async () => [],
    });
    const place = {
      account,
      region,
      site: 'main',
      project: 'SECCHG',
      issueType: 'Finding',
      channels: ['soc'],
    };
    const handle = await temporal.client.workflow.start(workflowTypes.secretSweep, {
      ...{ workflowId, taskQueue: testQueue, args: [place] },
    });
    await handle.result();
    await eventually(() => !withGaps || world.ledger.gaps.length === 1 || undefined);
    return handle;
  };
}

function exported(days: number): Scenario {
  return async (temporal) => {
    const world = create(temporal);
    const workflowId = `secret-export-${world.account}`;
    world.answerAs(workflowId, {});
    const handle = await temporal.client.workflow.start(workflowTypes.secretExport, {
      ...{ workflowId, taskQueue: testQueue, args: [{ days }] },
    });
    await handle.result();
    return handle;
  };
}

/** By the folder of their recordings. */
export const secretScenarios: Readonly<Record<string, Stories>> = {
  'secret-change': changes,
  'secret-ticket': tickets,
  'secret-finding': findings,
  'secret-sweep': { quiet: sweep(false), gap: sweep(true) },
  'secret-export': { 'a-day': exported(1), 'a-month': exported(31) },
};
