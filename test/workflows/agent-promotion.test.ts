import assert from 'node:assert/strict';
import type { Ticket } from '../../activities/jira/port.ts';
import {
  pipelineChanged,
  placeChanged,
  resume,
  status,
  ticketChanged,
  turnGranted,
  type PromotionPolicy,
} from '../../workflows/agent-promotion/messages.ts';
import type { agentPromotion } from '../../workflows/agent-promotion/workflow.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { agentPromotionId } from '../../workflows/shared/names.ts';
import { createPromotionWorld, policy, type PromotionWorld } from '../support/promotion-world.ts';
import { registerStubs } from '../support/stub-activities.ts';
import { startTimeSkipping, testQueue, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('agentPromotion', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let count = 20_000;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  async function start(
    overrides: Partial<Ticket> = {},
    prepare: (world: PromotionWorld) => void = () => {},
    rules: Partial<PromotionPolicy> = {},
  ) {
    const issueId = String((count += 1));
    const { world, stubs } = createPromotionWorld({ issueId, ...overrides });
    prepare(world);
    const workflowId = agentPromotionId('main', issueId);
    registerStubs(workflowId, stubs);
    const handle = await temporal.client.workflow.start<typeof agentPromotion>('agentPromotion', {
      workflowId,
      taskQueue: testQueue,
      args: [{ site: 'main', issueId, policy: { ...policy, ...rules } }],
    });
    return { world, handle: temporal.track(handle) };
  }

  async function play(
    overrides?: Partial<Ticket>,
    prepare?: (world: PromotionWorld) => void,
    rules?: Partial<PromotionPolicy>,
  ) {
    const { world, handle } = await start(overrides, prepare, rules);
    return { world, outcome: await handle.result() };
  }

  const texts = (world: PromotionWorld) => JSON.stringify(world.comments.map((comment) => comment.body));

  // The test server stops skipping time once a run has left an abandoned child behind: hours come first.
  it('joins again after ten minutes without a word, and gives up its place when the ticket is edited', async () => {
    const { world, handle } = await start({}, (world) => {
      const place = { state: 'waiting', position: 1, ahead: [], etaSeconds: null, lastToken: 40 } as const;
      world.joins.push(place, place);
      world.on['joinQueue'] = async () => {
        if (world.calls.filter((call) => call === 'joinQueue').length !== 2 || !world.ticket) return;
        world.ticket = { ...world.ticket, agentVersion: 'oops' };
        await handle.signal(ticketChanged, { deliveryId: 'd1' });
      };
    });
    assert.equal((await handle.result()).outcome, 'info-needed');
    assert.equal(world.calls.filter((call) => call === 'joinQueue').length, 2);
  });

  it('parks on a rejected credential and goes on when told to', async () => {
    const { world, handle } = await start({}, (world) => {
      world.on['pinInstaller'] = async () => {
        world.on['pinInstaller'] = undefined;
        throw createFailure('CredentialRejected', 'ExpiredToken');
      };
    });
    assert.equal((await handle.result()).outcome, 'done');
    assert.equal(world.calls.filter((call) => call === 'pinInstaller').length, 2);
  });

  it('cancels a pipeline that does not end by its deadline', async () => {
    const { world, outcome } = await play({}, (world) => void (world.pipeline = 'running'), {
      pipelinePollSeconds: 600,
    });
    assert.equal(outcome.outcome, 'failed');
    assert.ok(world.calls.includes('cancelPipeline'));
    assert.match(texts(world), /did not end within 30 minutes/);
  });

  it('promotes a valid request in the order of the process', async () => {
    const { world, outcome } = await play();
    assert.equal(outcome.outcome, 'done');
    assert.ok(world.calls.includes('recordPublications'));
    assert.deepEqual(
      world.calls.filter((call) => !['readTicket', 'recordPublications'].includes(call)),
      [
        'assign:bot',
        'joinQueue',
        'transition:inProgress',
        'linkTicket',
        'comment:comment-started',
        'pinInstaller',
        'copyToTest',
        'ensurePipeline',
        'comment:comment-pipeline',
        'readPipeline',
        'launchTestInstance',
        'awaitTestResult',
        'terminateInstance',
        'comment:comment-tested',
        ...['prod-a', 'prod-b', 'prod-c'].flatMap((name) => [
          `publishObject:${name}`,
          `publishManifest:${name}`,
        ]),
        'comment:comment-succeeded',
        'transition:done',
      ],
    );
    assert.deepEqual(world.notices, []);
  });

  it('asks for a valid version and touches nothing but Jira', async () => {
    const { world, outcome } = await play({ agentVersion: 'v1.4.2' });
    assert.deepEqual(outcome, { outcome: 'info-needed', given: 'v1.4.2' });
    assert.deepEqual(
      world.comments.map((comment) => comment.body),
      [[{ type: 'paragraph', text: 'Please provide a valid Agent-Version (format: x.x.x).' }]],
    );
    assert.deepEqual(world.assignees, ['acc-sam']);
    assert.deepEqual(world.calls, [
      'readTicket',
      'comment:comment-version',
      'assign:account',
      'transition:infoNeeded',
    ]);
  });

  it('does nothing for a ticket that is not in ToDo', async () => {
    const { world, outcome } = await play({ status: 'done', statusName: 'Done' });
    assert.deepEqual(outcome, { outcome: 'nothing-to-do', statusName: 'Done' });
    assert.deepEqual(world.calls, ['readTicket']);
  });

  it('fails, names step and cause, calls on-call and both channels, and touches no production', async () => {
    const { world, outcome } = await play({}, (world) => {
      world.testResult = {
        verdict: 'failed',
        step: 'version',
        detail: 'other',
        reportedVersion: '1.4.1',
        consoleOutput: null,
      };
    });
    assert.equal(outcome.outcome, 'failed');
    assert.match(texts(world), /version 1\.4\.1/);
    assert.equal(world.assignees.at(-1), 'on-call');
    assert.equal(world.ticket?.status, 'failed');
    assert.deepEqual(world.terminated, ['i-1']);
    assert.ok(!world.calls.some((call) => call.startsWith('publish')));
  });

  it('delivers the failure notices by a workflow of their own, also after the promotion has ended', async () => {
    const { world, handle } = await start({}, (world) => {
      world.on['pinInstaller'] = () => {
        throw createFailure('NotFound', 's3://soc/agent/v1.4.2/agent-installer.sh is missing');
      };
    });
    assert.equal((await handle.result()).outcome, 'failed');
    const notice = temporal.client.workflow.getHandle(`notice:${handle.workflowId}/0/notice`);
    await temporal.track(notice).result();
    assert.deepEqual(
      world.notices.map((entry) => entry.channel),
      ['soc', 'devops'],
    );
    assert.match(JSON.stringify(world.notices), /is missing/);
  });

  it('goes on with the other accounts when one refuses, and reports each', async () => {
    const { world, outcome } = await play({}, (world) => {
      world.on['publishObject:prod-b'] = () => {
        throw createFailure('PermissionDenied', 'AccessDenied');
      };
    });
    assert.equal(outcome.outcome, 'failed');
    assert.deepEqual('accounts' in outcome && outcome.accounts.map((entry) => entry.state), [
      'published',
      'refused',
      'published',
    ]);
    assert.match(texts(world), /prod-b/);
  });

  it('stops before the next production write when a person takes the ticket away', async () => {
    const { world, outcome } = await play({}, (world) => {
      world.on['publishManifest:prod-a'] = () => {
        if (world.ticket) world.ticket = { ...world.ticket, status: 'canceled', statusName: 'Canceled' };
      };
    });
    assert.equal(outcome.outcome, 'stopped');
    assert.ok(!world.calls.includes('publishObject:prod-b'));
    assert.equal(world.ticket?.status, 'canceled');
    assert.match(texts(world), /set to Canceled by a person/);
  });

  it('fails when Agent-Version is edited in mid-run', async () => {
    const { world, outcome } = await play({}, (world) => {
      world.on['awaitTestResult'] = () => {
        if (world.ticket) world.ticket = { ...world.ticket, agentVersion: '9.9.9' };
      };
    });
    assert.equal(outcome.outcome, 'failed');
    assert.match(texts(world), /edited while the promotion ran/);
    assert.ok(!world.calls.some((call) => call.startsWith('publish')));
  });

  it('reports a deleted ticket in Slack only', async () => {
    const { world, outcome } = await play({}, (world) => {
      world.on['comment:comment-tested'] = () => void (world.ticket = null);
    });
    assert.deepEqual(outcome.outcome === 'stopped' && outcome.reason, 'the ticket was deleted');
    assert.ok(!world.calls.includes('comment:comment-stopped'));
  });

  it('waits in line, tells its place, and goes when its turn is granted', async () => {
    const { world, handle } = await start({}, (world) => {
      world.joins.push({
        state: 'waiting',
        position: 2,
        ahead: ['DEVOPS-8', 'DEVOPS-9'],
        etaSeconds: 120,
        lastToken: 40,
      });
      world.joins.push({
        state: 'waiting',
        position: 2,
        ahead: ['DEVOPS-8', 'DEVOPS-9'],
        etaSeconds: 120,
        lastToken: 40,
      });
      world.on['comment:comment-place-2'] = () => handle.signal(turnGranted, { token: 41 });
    });
    assert.equal((await handle.result()).outcome, 'done');
    assert.match(texts(world), /behind DEVOPS-8, DEVOPS-9/);
  });

  it('promotes nothing when the ticket was taken away while it waited, even if no webhook said so', async () => {
    const { world, handle } = await start({}, (world) => {
      world.joins.push({ state: 'waiting', position: 1, ahead: ['DEVOPS-8'], etaSeconds: 60, lastToken: 40 });
      world.on['comment:comment-place-1'] = () => {
        if (world.ticket) world.ticket = { ...world.ticket, status: 'canceled', statusName: 'Canceled' };
        return handle.signal(turnGranted, { token: 41 });
      };
    });
    assert.deepEqual(await handle.result(), { outcome: 'nothing-to-do', statusName: 'Canceled' });
    assert.ok(!world.calls.some((call) => call.startsWith('transition:') || call === 'pinInstaller'));
  });

  it('does not believe a pipeline that passed without its verifying job', async () => {
    const { outcome } = await play({}, (world) => void (world.verifyJobStatus = 'skipped'));
    assert.equal(
      outcome.outcome === 'failed' && outcome.reason,
      'the pipeline passed without the verifying job',
    );
  });

  it('begins the next round when the ticket is back in ToDo at the end', async () => {
    const { world, handle } = await start({}, (world) => {
      world.pipeline = 'failed';
      world.on['transition:failed'] = async () => {
        world.on['transition:failed'] = undefined;
        world.pipeline = 'success';
        await handle.signal(ticketChanged, { deliveryId: 'again' });
      };
      world.on['readTicket'] = () => {
        if (world.ticket?.status === 'failed')
          world.ticket = { ...world.ticket, status: 'toDo', statusName: 'ToDo', round: '77' };
      };
    });
    assert.equal((await handle.result()).outcome, 'done');
    assert.ok(world.comments.some((comment) => comment.key.endsWith('/77/comment-succeeded')));
  });

  it('survives every kind of malformed signal and still ends', async () => {
    const { handle } = await start({}, (world) => {
      world.on['joinQueue'] = async () => {
        for (const signal of [ticketChanged, turnGranted, pipelineChanged, placeChanged, resume])
          for (const payload of [
            undefined,
            null,
            7,
            'x',
            [],
            { deliveryId: 5 },
            { token: 'x' },
            'y'.repeat(700_000),
          ])
            await handle.signal(signal, payload);
        await handle.signal('noSuchSignal', {});
      };
    });
    assert.equal((await handle.result()).outcome, 'done');
    const report = await handle.query(status);
    assert.ok(report.ignored >= 20, `${report.ignored} ignored`);
  });

  it('ends its instance and reports when an operator cancels it', async () => {
    const { world, handle } = await start({}, (world) => {
      const ended = Promise.withResolvers<void>();
      world.on['terminateInstance'] = () => ended.resolve();
      world.on['awaitTestResult'] = () => handle.cancel().then(() => ended.promise);
    });
    await assert.rejects(handle.result(), /cancel/i);
    assert.deepEqual(world.terminated, ['i-1']);
    assert.equal(world.ticket?.status, 'failed');
    assert.match(texts(world), /cancelled by an operator/);
  });
});
