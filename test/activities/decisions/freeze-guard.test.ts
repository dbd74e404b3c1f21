import assert from 'node:assert/strict';
import type { FreezeOptions } from '../../../activities/decisions/permission.ts';
import { windowsAt } from '../../../activities/temporal/calendar.ts';
import type { Grant } from '../../../workflows/approval/messages.ts';
import type { WaveKey } from '../../../workflows/freeze/messages.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import {
  check,
  dana,
  evidenceWith,
  execution,
  grantOf,
  own,
  permissionWith,
  policyWith,
  publish,
  rollback,
  sealed,
  sid,
  sue,
  type Said,
} from './permission-world.ts';

const windows = [
  {
    name: 'friday',
    cron: '0 16 * * 5',
    minutes: 60 * 56,
    timeZone: 'Europe/Berlin',
    reason: 'weekend',
    exceptHotfix: true,
  },
];
/** Friday 20 November 2026, 16:00 in Berlin is 15:00 UTC. */
const inWindow = '2026-11-20T18:00:00.000Z';
const openTime = '2026-11-20T12:00:00.000Z';

function freezeWith(
  opened: Awaited<ReturnType<FreezeOptions['readWave']>>,
  asked: WaveKey[] = [],
): { freeze: FreezeOptions } {
  return {
    freeze: {
      readWave: async (key) => {
        asked.push(key);
        return opened;
      },
      windowsAt: (at, question) => windowsAt(windows, at, question).map(({ name }) => name),
    },
  };
}

const open = { openedAt: openTime, overrideRequestId: null };
const held = { openedAt: openTime, overrideRequestId: 'exception-1' };
const subject = { wave: 'wave-1' };
const override = { verb: 'override', reason: 'outage' } as const;

function exceptionOf(
  said: readonly Said[],
  parts: { requestId?: string; subject?: object; kind?: 'agent-promotion' } = {},
) {
  const evidence = evidenceWith({ kind: parts.kind ?? 'freeze-override' }, parts.subject ?? subject);
  return grantOf(
    said.map((one) => ({ ...override, ...one })),
    { policy: own.exception, evidence, requestId: parts.requestId ?? 'exception-1' },
  );
}

async function pass(freeze: { freeze: FreezeOptions }, exception: Grant | null, grant?: Grant) {
  const approval = grant ?? (await grantOf([sue]));
  await check(publish, permissionWith({ grant: approval, exception }), freeze);
}

describe('the guard of a freeze', () => {
  it('asks for exactly this wave of exactly this run', async () => {
    const asked: WaveKey[] = [];
    await pass(freezeWith(open, asked), null);
    assert.deepEqual(asked, [{ ...execution, wave: 'wave-1' }]);
  });

  it('refuses a wave that was never begun', () =>
    assert.rejects(pass(freezeWith(null), null), { type: 'PolicyViolation', message: /never begun/ }));

  it('takes no answer as held', async () => {
    const { freeze } = freezeWith(null);
    const readWave = async () => Promise.reject(createFailure('Unavailable', 'freeze does not answer'));
    await assert.rejects(pass({ freeze: { ...freeze, readWave } }, null), { type: 'Unavailable' });
  });

  it('refuses an answer without a time', () =>
    assert.rejects(pass(freezeWith({ ...open, openedAt: 'soon' }), null), { type: 'PolicyViolation' }));

  it('asks about a fully automatic policy as well', async () => {
    const lax = policyWith({ 'policies.standard.approval': undefined });
    const options = { policiesFor: () => [lax], ...freezeWith(null) };
    await assert.rejects(check(publish, permissionWith({ policy: lax }), options), {
      message: /never begun/,
    });
  });

  it('lets a wave pass that two people excepted', async () =>
    pass(freezeWith(held), await exceptionOf([sue, dana])));

  it('wants the exception in a window of the calendar too', async () => {
    const freeze = freezeWith({ openedAt: inWindow, overrideRequestId: null });
    await assert.rejects(pass(freeze, null), { type: 'PolicyViolation', message: /\(friday\).* is missing/ });
    await pass(freeze, await exceptionOf([sue, dana]));
  });

  it('does not hold a window against a wave that it caught while beginning', async () => {
    await pass(freezeWith({ openedAt: '2026-11-20T15:00:30.000Z', overrideRequestId: null }), null);
    const later = freezeWith({ openedAt: '2026-11-20T15:01:00.000Z', overrideRequestId: null });
    await assert.rejects(pass(later, null), { message: /is missing/ });
  });

  it('believes a hotfix only if people were shown that it is one', async () => {
    const freeze = freezeWith({ openedAt: inWindow, overrideRequestId: null });
    await pass(freeze, null, await grantOf([sue], { evidence: evidenceWith({}, { hotfix: true }) }));
    const grant = await grantOf([sue], { evidence: evidenceWith({}, { hotfix: 'true' }) });
    await assert.rejects(pass(freeze, null, grant), { message: /is missing/ });
  });

  const wrong: readonly [what: string, exception: () => Promise<Grant>, says: RegExp][] = [
    ['one person', () => exceptionOf([sue]), /missing 1 of devops/],
    ['two of one group', () => exceptionOf([sue, sid]), /missing 1 of devops/],
    [
      'one person in two names',
      () => exceptionOf([sue, { ...dana, principal: 'sue', actingFor: 'dana' }]),
      /missing/,
    ],
    [
      'mere approvals',
      () =>
        exceptionOf([
          { ...sue, verb: 'approve' },
          { ...dana, verb: 'approve' },
        ]),
      /use override/,
    ],
    ['no reason', () => exceptionOf([{ ...sue, reason: ' ' }, dana]), /reason-missing/],
    ['a revoked one', () => exceptionOf([sue, dana, { ...dana, verb: 'revoke' }]), /missing 1 of devops/],
    ['another wave’s', () => exceptionOf([sue, dana], { subject: { wave: 'wave-2' } }), /another wave/],
    [
      'another run’s',
      () => exceptionOf([sue, dana], { subject: { ...subject, runId: 'run-0' } }),
      /another run/,
    ],
    [
      'another request’s',
      () => exceptionOf([sue, dana], { requestId: 'exception-2' }),
      /not the one that the wave began under/,
    ],
    ['another kind', () => exceptionOf([sue, dana], { kind: 'agent-promotion' }), /is for agent-promotion/],
    ['the approval itself', () => grantOf([sue]), /other rules/],
  ];
  for (const [what, exception, says] of wrong)
    it(`refuses ${what}`, async () =>
      assert.rejects(pass(freezeWith(held), await exception()), { type: 'PolicyViolation', message: says }));

  it('never mixes the two: an exception is no approval', async () => {
    const exception = await exceptionOf([sue, dana]);
    await assert.rejects(pass(freezeWith(held), exception, exception), { message: /other rules/ });
  });

  it('does not stop people from taking back what they approved to take back', async () => {
    const shown = { fromVersion: '1.4.2', toVersion: '1.4.1', accounts: ['prod-a'] };
    const evidence = evidenceWith({ kind: 'promotion-rollback' }, shown);
    const grant = await grantOf([dana], { policy: own.rollback, evidence });
    await check(rollback, permissionWith({ wave: 'rollback', grant }), freezeWith(null));
  });

  it('is refused where no exception can be given', async () => {
    const policy = policyWith({ 'freeze.exception': undefined });
    const permission = permissionWith({
      policy,
      grant: await grantOf([sue]),
      exception: await exceptionOf([sue, dana]),
    });
    const options = { policiesFor: () => [policy], ...freezeWith(held) };
    await assert.rejects(check(publish, permission, options), { message: /names no approval/ });
  });

  it('wants two people even under rules that a configuration cannot hold', async () => {
    const exception = sealed({ ...own.exception!, quorum: [{ group: 'security', count: 1 }] });
    const policy = sealed({ ...own, exception });
    const evidence = evidenceWith({ kind: 'freeze-override' }, subject);
    const parts = { policy: exception, evidence, requestId: 'exception-1' };
    const alone = await grantOf([{ ...sue, ...override }], parts);
    const permission = permissionWith({ policy, grant: await grantOf([sue]), exception: alone });
    const options = { policiesFor: () => [policy], ...freezeWith(held) };
    await assert.rejects(check(publish, permission, options), { message: /needs two people/ });
  });
});
