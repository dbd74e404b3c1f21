import assert from 'node:assert/strict';
import { schedulesOf } from '../../starters/schedules.ts';
import {
  signalPromotion,
  startOrSignalPromotion,
  startPromotion,
} from '../../activities/temporal/start-promotion.ts';
import { toPromotionPolicy } from '../../config/promotion-policy.ts';
import { configOf } from '../config/example-config.ts';
import { createTemporalDouble } from './temporal-double.ts';

const config = configOf();
const ticket = { site: 'main', issueId: '10077', key: 'DEVOPS-77' };
const hint = { deliveryId: 'd-1', event: 'created' };

describe('startOrSignalPromotion', () => {
  it('starts under the ticket’s id, with policy, summary and search attributes', async () => {
    const temporal = createTemporalDouble();
    assert.equal(await startOrSignalPromotion(temporal, config, ticket, hint), 'agent-promotion:main:10077');
    const [{ start, signal } = assert.fail('nothing was started')] = temporal.started;
    assert.deepEqual(signal, { name: 'ticketChanged', payload: hint });
    assert.deepEqual(start.input, {
      site: 'main',
      issueId: '10077',
      policy: toPromotionPolicy(config, 'main'),
    });
    assert.match(start.staticSummary, /^Promote security agent · DEVOPS-77$/);
    const named = start.searchAttributes.map(({ key, value }): unknown[] => [key.name, value]);
    assert.deepEqual(named, [
      ['LkProcess', 'agent-promotion'],
      ['LkTicket', 'DEVOPS-77'],
    ]);
    assert.equal(start.taskQueue, 'lockkeeper');
  });
});

describe('startPromotion', () => {
  it('starts once and says whether it did', async () => {
    const temporal = createTemporalDouble();
    assert.equal(await startPromotion(temporal, config, ticket), true);
    assert.equal(await startPromotion(temporal, config, ticket), false);
    assert.equal(temporal.started.length, 1);
  });
});

describe('signalPromotion', () => {
  it('says whether one runs', async () => {
    const temporal = createTemporalDouble();
    assert.equal(await signalPromotion(temporal, ticket, hint), false);
    await startPromotion(temporal, config, ticket);
    assert.equal(await signalPromotion(temporal, ticket, hint), true);
  });
});

describe('schedulesOf', () => {
  it('sweeps tickets every minute and instances every five, never two at a time', () => {
    const facts = schedulesOf(config).map(({ scheduleId, spec, action, policies }) => ({
      scheduleId,
      every: spec.intervals?.[0]?.every,
      args: action.args as unknown,
      retry: action.retry,
      policies,
    }));
    const policies = { overlap: 'SKIP', catchupWindow: '1 minute' };
    assert.deepEqual(facts, [
      {
        scheduleId: 'promotion-sweep',
        every: '1 minute',
        args: [{ sites: ['main'] }],
        retry: undefined,
        policies,
      },
      { scheduleId: 'instance-sweep', every: '5 minutes', args: [], retry: undefined, policies },
    ]);
  });
});
