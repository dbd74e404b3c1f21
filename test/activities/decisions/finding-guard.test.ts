import assert from 'node:assert/strict';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { sealed } from './permission-world.ts';
import {
  acceptedWith,
  approval,
  check,
  evidenceWith,
  execution,
  grantOf,
  openCheck,
  sue,
  ticketWith,
  workflowId,
  write,
  type Attempt,
} from './finding-world.ts';
import { jiraKey, keySource, strangerKey, tampered } from './signing.ts';

const later = '2027-01-31T23:59:59.000Z';

describe('the guard of accepted risks', () => {
  it('lets through what the quorum approved, and says who did', async () =>
    assert.deepEqual(await check(), { approvers: ['sue'] }));

  const wrong: readonly [what: string, attempt: () => Attempt | Promise<Attempt>, why: RegExp][] = [
    ['no grant', () => ({ grant: null }), /is missing/],
    ['junk for a grant', () => ({ grant: { requestId: 'x' } }), /malformed/],
    [
      'a forged signature',
      async () => ({ grant: await grantOf([sue], { key: strangerKey }) }),
      /not known to this worker/,
    ],
    [
      'an edited decision',
      async () => {
        const grant = await grantOf();
        const envelopes = grant.envelopes.map((one) =>
          tampered(one, 1, (claims) => ({ ...claims, jti: 'x' })),
        );
        return { grant: { ...grant, envelopes } };
      },
      /bad-signature/,
    ],
    [
      'another key’s way',
      async () => ({ grant: await grantOf([sue], { key: jiraKey }) }),
      /may not speak for/,
    ],
    ['another finding', () => ({ write: { findingId: 'f2' } }), /not the workflow of this finding/],
    ['another source', () => ({ write: { source: 'file' } }), /not the workflow of this finding/],
    ...(
      [
        ['another finding in the evidence', { findingId: 'f2' }, /another findingId/],
        ['another ticket', { issueId: '10078' }, /another issueId/],
        ['another comment', { commentId: '901' }, /another commentId/],
        ['another source in the evidence', { source: 'file' }, /another source/],
        ['another end', { until: '2026-12-01T23:59:59.000Z' }, /another until/],
        ['another run', { runId: 'run-0' }, /another run/],
      ] as const
    ).map(([what, subject, why]): [string, () => Promise<Attempt>, RegExp] => [
      what,
      async () => ({ grant: await grantOf([sue], { evidence: evidenceWith(subject) }) }),
      why,
    ]),
    ['a longer time than was approved', () => ({ write: { until: later } }), /another until/],
    [
      'a longer time than these rules allow',
      () => ({ options: { rulesOf: () => ({ approval, maxDays: 10 }) } }),
      /more than 10 days/,
    ],
    [
      'a time that is over',
      () => ({ options: { now: () => Date.parse('2027-01-01T00:00:00Z') } }),
      /is over/,
    ],
    [
      'another version of the rules',
      async () => ({ grant: await grantOf([sue], { policy: sealed({ ...approval, version: 1 }) }) }),
      /other rules/,
    ],
    [
      'lax rules under a known name',
      async () => ({ grant: await grantOf([], { policy: { ...approval, quorum: [] } }) }),
      /other rules/,
    ],
    [
      'the requester’s own voice',
      async () => ({ grant: await grantOf([{ ...sue, principal: 'sam' }]) }),
      /self-approval/,
    ],
    [
      'evidence that names another requester than the comment',
      async () => ({
        grant: await grantOf([{ ...sue, principal: 'sam' }], {
          evidence: evidenceWith({}, { requester: 'tom' }),
        }),
      }),
      /asked for by somebody else/,
    ],
    ['nobody of the group', async () => ({ grant: await grantOf([{ ...sue, groups: [] }]) }), /not-a-member/],
    [
      'a revocation after it',
      async () => ({ grant: await grantOf([sue, { ...sue, verb: 'revoke' }]) }),
      /missing 1 of security/,
    ],
    [
      'a rejection after it',
      async () => ({ grant: await grantOf([sue, { ...sue, verb: 'reject', reason: 'no' }]) }),
      /rejected/,
    ],
    [
      'decisions about another process',
      async () => ({ grant: await grantOf([{ ...sue, aud: 'security/agent-promotion:main:1' }]) }),
      /wrong-workflow/,
    ],
    [
      'a grant of another kind',
      async () => ({ grant: await grantOf([sue], { evidence: evidenceWith({}, { kind: 'change' }) }) }),
      /is for change/,
    ],
    ['another workflow', () => ({ by: { workflowId: 'halo-sync:halo' } }), /is not the workflow/],
    ['another run of it', () => ({ by: { runId: 'run-2' } }), /another run/],
    [
      'a source where nobody accepts',
      () => ({ options: { rulesOf: () => undefined } }),
      /cannot be accepted here/,
    ],
  ];
  for (const [what, attempt, why] of wrong)
    it(`refuses ${what}`, async () => {
      await assert.rejects(check(await attempt()), (error: Error) => why.test(error.message));
    });
});

describe('an acceptance on a ticket counts', () => {
  it('while it stands', async () =>
    assert.equal(await openCheck()(ticketWith(acceptedWith(await grantOf()))), true));

  it('when it was cut short', async () => {
    const accepted = acceptedWith(await grantOf(), '2026-12-01T00:00:00.000Z');
    assert.equal(await openCheck()(ticketWith(accepted)), true);
  });

  it('under rules that have a new version, and would let it through', async () => {
    const rules = sealed({ ...approval, version: 3, channel: 'other' });
    const isAccepted = openCheck({ rulesOf: () => ({ approval: rules, maxDays: 5 }) });
    assert.equal(await isAccepted(ticketWith(acceptedWith(await grantOf()))), true);
  });

  type Ticket = Parameters<typeof ticketWith>;
  const forged: readonly [
    what: string,
    ticket: () => Promise<Ticket>,
    own?: Parameters<typeof openCheck>[0],
  ][] = [
    ['without a grant', async () => [{ until: write.until, acceptance: workflowId }]],
    ['with junk for a grant', async () => [acceptedWith({ evidence: 7 })]],
    [
      'with a signature of an unknown key',
      async () => [acceptedWith(await grantOf([sue], { key: strangerKey }))],
    ],
    ['with no decisions', async () => [acceptedWith(await grantOf([]))]],
    ['for longer than was approved', async () => [acceptedWith(await grantOf(), later)]],
    ['for ever', async () => [acceptedWith(await grantOf(), 'ever')]],
    ['copied to another ticket', async () => [acceptedWith(await grantOf()), { issueId: '10078' }]],
    ['copied to another finding’s ticket', async () => [acceptedWith(await grantOf()), { findingId: 'f2' }]],
    [
      'of another workflow',
      async () => [acceptedWith(await grantOf(), write.until, 'finding-acceptance:x:y')],
    ],
    ['by the requester alone', async () => [acceptedWith(await grantOf([{ ...sue, principal: 'sam' }]))]],
    ['that was revoked', async () => [acceptedWith(await grantOf([sue, { ...sue, verb: 'revoke' }]))]],
    [
      'put back after its run has ended',
      async () => [acceptedWith(await grantOf())],
      { isRunning: () => Promise.resolve(false) },
    ],
    [
      'under rules of another name',
      async () => [acceptedWith(await grantOf([sue], { policy: sealed({ ...approval, name: 'lax' }) }))],
    ],
    [
      'under rules that want more people now',
      async () => [acceptedWith(await grantOf())],
      {
        rulesOf: () => ({
          approval: sealed({ ...approval, quorum: [{ group: 'security', count: 2 }] }),
          maxDays: 90,
        }),
      },
    ],
    [
      'where nobody accepts any more',
      async () => [acceptedWith(await grantOf())],
      { rulesOf: () => undefined },
    ],
    ['with a key that was revoked', async () => [acceptedWith(await grantOf())], { keys: keySource() }],
  ];
  for (const [what, ticket, own] of forged)
    it(`not ${what}`, async () => assert.equal(await openCheck(own)(ticketWith(...(await ticket()))), false));

  it('not as long as nobody can tell, and is asked again', async () => {
    let down = true;
    const asked: string[] = [];
    const isAccepted = openCheck({
      isRunning: async ({ runId }) => {
        asked.push(runId);
        if (down) throw createFailure('Unavailable', 'Temporal: down');
        return true;
      },
    });
    const ticket = ticketWith(acceptedWith(await grantOf()));
    await assert.rejects(isAccepted(ticket), { type: 'Unavailable' });
    down = false;
    assert.deepEqual([await isAccepted(ticket), await isAccepted(ticket)], [true, true]);
    assert.deepEqual(asked, [execution.runId, execution.runId]);
  });

  it('for a minute without being looked at again', async () => {
    const clock = { ms: 0 };
    let running = true;
    const isAccepted = openCheck({
      now: () => clock.ms + Date.parse('2026-11-22T12:00:00Z'),
      isRunning: async () => running,
    });
    const ticket = ticketWith(acceptedWith(await grantOf()));
    assert.equal(await isAccepted(ticket), true);
    running = false;
    assert.equal(await isAccepted(ticket), true);
    clock.ms = 60_000;
    assert.equal(await isAccepted(ticket), false);
  });
});
