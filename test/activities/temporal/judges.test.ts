import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createJudges, type JudgeOptions } from '../../../activities/temporal/judges.ts';
import { digestOf } from '../../../config/canonical-json.ts';
import type { DecisionClaims, Evidence, Grant } from '../../../workflows/approval/messages.ts';
import { freezeId } from '../../../workflows/shared/names.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { leadsConfig, leadsPolicy } from '../../support/leads.ts';
import { claimsTo, createSigner } from '../../support/signed-decisions.ts';

const runId = '00000000-0000-4000-8000-000000000001';
const evidence: Evidence = {
  kind: 'freeze-hold',
  title: 'Lift the freeze by dana?',
  subject: { runId, holdId: 'h1' },
  facts: [],
  links: [],
  requester: 'dana',
  authors: [],
  changers: [],
};
const approval: Partial<DecisionClaims> = {
  verb: 'approve',
  requestId: 'q1',
  evidenceDigest: digestOf(evidence),
  principal: 'lee',
  groups: ['leads'],
};

describe('judgeLift', () => {
  const signer = createSigner();

  async function judge(
    said: readonly Partial<DecisionClaims>[],
    change: Partial<Grant> = {},
    config = leadsConfig,
  ) {
    const claims = said.map((part) => claimsTo(freezeId, { ...approval, ...part }));
    const envelopes = await Promise.all(claims.map((one) => signer.sign(one)));
    const grant: Grant = { requestId: 'q1', evidence, policy: leadsPolicy, envelopes, ...change };
    const judges = createJudges({ config, keys: signer.keys, now: Date.now });
    const environment = new MockActivityEnvironment(
      { workflowExecution: { workflowId: freezeId, runId } },
      { logger: new DefaultLogger('ERROR') },
    );
    const judged: { objection: string | null } = await environment.run(() =>
      judges.judgeLift({ holdId: 'h1', grant }),
    );
    return judged.objection;
  }
  const other = (subject: Partial<Evidence['subject']>): Evidence => {
    const { runId: run, holdId } = { ...evidence.subject, ...subject };
    return { ...evidence, subject: { runId: String(run), holdId: String(holdId) } };
  };

  it('has no objection to what this worker’s own rules allow', async () =>
    assert.equal(await judge([{}]), null));

  const { approvals, processes, temporal } = leadsConfig;
  const noFreeze: JudgeOptions['config'] = { approvals, processes, temporal };
  const objections: Readonly<Record<string, readonly [() => Promise<string | null>, RegExp]>> = {
    'nobody’s decision': [() => judge([]), /does not stand/],
    'his own approval': [() => judge([{ principal: 'dana' }]), /self-approval/],
    'somebody of another group': [() => judge([{ groups: ['devops'] }]), /not-a-member/],
    'an approval that was revoked': [() => judge([{}, { verb: 'revoke' }]), /missing 1 of leads/],
    'laxer rules': [() => judge([{}], { policy: { ...leadsPolicy, quorum: [] } }), /other rules/],
    'another request': [() => judge([{}], { requestId: 'q2' }), /other-request/],
    'other evidence': [() => judge([{}], { evidence: { ...evidence, requester: null } }), /stale-evidence/],
    'another hold': [
      () =>
        judge([{ evidenceDigest: digestOf(other({ holdId: 'h2' })) }], { evidence: other({ holdId: 'h2' }) }),
      /another hold/,
    ],
    'another run': [() => judge([{}], { evidence: other({ runId: 'r2' }) }), /another run/],
    'another kind of question': [
      () => judge([{}], { evidence: { ...evidence, kind: 'freeze-override' } }),
      /is for/,
    ],
    'a configuration without freeze': [() => judge([{}], {}, noFreeze), /knows no freeze/],
  };
  for (const [what, [ask, objection]] of Object.entries(objections))
    it(`objects to ${what}`, async () => assert.match((await ask()) ?? 'no objection', objection));

  it('cannot tell while a key is not known, and asks again', async () => {
    signer.known = false;
    await assertFails(() => judge([{}]), 'Unavailable');
    signer.known = true;
  });
});
