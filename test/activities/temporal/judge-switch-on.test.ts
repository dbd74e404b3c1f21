import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createJudges } from '../../../activities/temporal/judges.ts';
import type { SwitchOnJudgement } from '../../../activities/temporal/port.ts';
import { digestOf } from '../../../config/canonical-json.ts';
import type { DecisionClaims, Evidence, Grant } from '../../../workflows/approval/messages.ts';
import { autoApprovalId } from '../../../workflows/shared/names.ts';
import { switchOnConfig, switchOnPolicy } from '../../support/auto-approval-world.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { leadsConfig } from '../../support/leads.ts';
import { claimsTo, createSigner } from '../../support/signed-decisions.ts';

const runId = '00000000-0000-4000-8000-000000000001';
const since = '2026-11-03T10:00:00.000Z';
const evidence: Evidence = {
  kind: 'auto-approval',
  title: 'Switch automatic approval of changes on again?',
  subject: { runId, since, reasons: ['PRODCM-9 failed'] },
  facts: [],
  links: [],
  requester: null,
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

describe('judgeSwitchOn', () => {
  const signer = createSigner();

  async function judge(
    said: readonly Partial<DecisionClaims>[],
    { change = {}, config = switchOnConfig, by = signer }: JudgeOptions = {},
  ): Promise<SwitchOnJudgement> {
    const claims = said.map((part) => claimsTo(autoApprovalId, { ...approval, ...part }));
    const envelopes = await Promise.all(claims.map((one) => by.sign(one)));
    const grant: Grant = { requestId: 'q1', evidence, policy: switchOnPolicy, envelopes, ...change };
    const judges = createJudges({ config, keys: signer.keys, now: Date.now });
    const environment = new MockActivityEnvironment(
      { workflowExecution: { workflowId: autoApprovalId, runId } },
      { logger: new DefaultLogger('ERROR') },
    );
    return environment.run(() => judges.judgeSwitchOn({ since, grant }));
  }
  interface JudgeOptions {
    readonly change?: Partial<Grant>;
    readonly config?: typeof switchOnConfig;
    readonly by?: typeof signer;
  }
  /** The same question with another subject, answered as it is asked. */
  const about = (subject: Partial<Evidence['subject']>) => {
    const other = { ...evidence, subject: { ...evidence.subject, ...subject } } as Evidence;
    return judge([{ evidenceDigest: digestOf(other) }], { change: { evidence: other } });
  };

  it('has no objection to what this worker’s own rules allow, and says those', async () =>
    assert.deepEqual(await judge([{}]), { objection: null, approval: switchOnPolicy }));

  const objections: Readonly<Record<string, readonly [() => Promise<SwitchOnJudgement>, RegExp]>> = {
    'nobody’s decision': [() => judge([]), /does not stand/],
    'somebody of another group': [() => judge([{ groups: ['devops'] }]), /not-a-member/],
    'an approval that was revoked': [() => judge([{}, { verb: 'revoke' }]), /missing 1 of leads/],
    'laxer rules': [
      () => judge([{}], { change: { policy: { ...switchOnPolicy, quorum: [] } } }),
      /other rules/,
    ],
    'another request': [() => judge([{}], { change: { requestId: 'q2' } }), /other-request/],
    'a signature that is not the gateway’s': [() => judge([{}], { by: createSigner() }), /bad-signature/],
    'another time that it was off': [() => about({ since: '2026-11-01T10:00:00.000Z' }), /another time/],
    'another run': [() => about({ runId: 'r2' }), /another run/],
    'another kind of question': [
      () => judge([{}], { change: { evidence: { ...evidence, kind: 'freeze-hold' } } }),
      /is for/,
    ],
    'a configuration without inspections': [() => judge([{}], { config: leadsConfig }), /lets nobody/],
  };
  for (const [what, [ask, objection]] of Object.entries(objections))
    it(`objects to ${what}`, async () => assert.match((await ask()).objection ?? 'no objection', objection));

  it('cannot tell while a key is not known, and asks again', async () => {
    signer.known = false;
    await assertFails(() => judge([{}]), 'Unavailable');
    signer.known = true;
  });
});
