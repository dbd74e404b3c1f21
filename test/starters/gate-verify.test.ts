import assert from 'node:assert/strict';
import { digestOf } from '../../config/canonical-json.ts';
import { toChangePolicy } from '../../config/change-policy.ts';
import { createGoVerifier, withoutUncovered } from '../../starters/gates/verify-go.ts';
import type { DecisionClaims, Evidence, Grant } from '../../workflows/approval/messages.ts';
import type { ChangeBuild, ChangePolicy, GateView } from '../../workflows/change-approval/messages.ts';
import { failureMessage } from '../../workflows/shared/failures.ts';
import { change, sound } from '../config/change-config.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { claimsTo, createSigner } from '../support/signed-decisions.ts';
import { nowMs, sha, waiting, workflowId } from './gate-world.ts';

const config = configOf(exampleWith({ ...sound, 'processes.change': structuredClone(change) }));
const build: ChangeBuild = {
  ...{ environment: 'production', project: 'shop/web', buildJob: 'build', build: '4711' },
  ...{ branch: 'main', sha, action: 'deploy' },
};
const execution = { workflowId, runId: 'run-1' };
const own = toChangePolicy(config, 'production') ?? assert.fail();
/** Nothing goes without people. */
const manual = sealed({ ...own, autoApprove: false });
const signer = createSigner();

/** As the configuration would make it. */
function sealed({ digest: _, ...rules }: ChangePolicy): ChangePolicy {
  return { ...rules, digest: digestOf(rules) };
}

const digest = 'd'.repeat(64);

interface Case {
  readonly kind?: Evidence['kind'];
  readonly subject?: object;
  readonly people?: Partial<Pick<Evidence, 'requester' | 'authors'>>;
  readonly claims?: Partial<DecisionClaims>;
  readonly rules?: ChangePolicy['approval'];
  readonly by?: { principal: string; groups: readonly string[] };
}

/** What `sue` of security has approved. */
async function grantOf(given: Case = {}): Promise<Grant> {
  const { kind = 'change', rules = own.approval, by = { principal: 'sue', groups: ['security'] } } = given;
  const evidence: Evidence = {
    ...{ kind, title: 'Deploy', facts: [], links: [], requester: 'dana', authors: [], changers: [] },
    subject: { runId: 'run-1', ...build, ...given.subject },
    ...given.people,
  };
  const claims = claimsTo(workflowId, {
    ...{ requestId: 'r-1', evidenceDigest: digestOf(evidence), policy: `${rules.name}@${rules.version}` },
    ...{ verb: 'approve', reason: 'seen', iat: nowMs / 1000 - 60, ...by },
    aud: `${config.temporal.namespace}/${workflowId}`,
    ...given.claims,
  });
  return { requestId: 'r-1', evidence, policy: rules, envelopes: [await signer.sign(claims)] };
}

async function reasonOf(view: Partial<GateView>, policy: ChangePolicy | undefined, deployed = build) {
  const { namespace } = config.temporal;
  const verify = createGoVerifier({
    policyFor: () => policy,
    keys: signer.keys,
    namespace,
    now: () => nowMs,
  });
  return verify({ ...waiting, ...view }, deployed, execution).then(
    () => 'covered',
    (error: unknown) => failureMessage(error),
  );
}

describe('the gate’s own check of a go', () => {
  afterEach(() => (signer.known = true));

  it('is covered by what people signed for this build, this run and these rules', async () =>
    assert.equal(await reasonOf({ grant: await grantOf() }, manual), 'covered'));

  for (const [what, given, reason] of [
    ['another run', { subject: { runId: 'run-0' } }, /another run/],
    ['another commit', { subject: { sha: 'b'.repeat(40) } }, /for another sha/],
    ['another branch', { subject: { branch: 'x' } }, /for another branch/],
    ['another build job', { subject: { buildJob: 'x' } }, /for another buildJob/],
    ['another build', { subject: { build: '1' } }, /for another build/],
    ['another environment', { subject: { environment: 'staging' } }, /for another environment/],
    ['another action', { subject: { action: 'rollback' } }, /for another action/],
    ['another kind of question', { kind: 'change-plan' }, /is for change-plan, not for change/],
    ['laxer rules', { rules: { ...own.approval, quorum: [] } }, /other rules/],
    ['another workflow', { claims: { aud: 'default/change:production:x:1' } }, /wrong-workflow/],
    ['other evidence', { claims: { evidenceDigest: digest } }, /stale-evidence/],
    ['its requester', { people: { requester: 'sue' } }, /self-approval/],
    ['an author', { people: { authors: ['sue'] } }, /author/],
    ['nobody of the group', { by: { principal: 'lee', groups: ['devops'] } }, /not-a-member/],
    ['a rejection', { claims: { verb: 'reject' } }, /rejected/],
  ] as const satisfies readonly (readonly [string, Case, RegExp])[])
    it(`is not covered by ${what}`, async () =>
      assert.match(await reasonOf({ grant: await grantOf(given) }, manual), reason));

  it('is not covered by nobody, unless the own policy allows it', async () => {
    assert.match(await reasonOf({ automatic: true }, manual), /missing/);
    assert.equal(await reasonOf({ automatic: true }, own), 'covered');
  });

  it('is not covered by a grant that does not stand, even where nobody needs to approve', async () =>
    assert.match(
      await reasonOf({ grant: await grantOf({ subject: { build: '1' } }) }, own),
      /another build/,
    ));

  it('is not covered where the own configuration has no such environment', async () =>
    assert.match(await reasonOf({ grant: await grantOf() }, undefined), /no change policy/));

  describe('a plan', () => {
    const risky = { digest, risky: true, state: 'accepted' } as const;
    const planned = {
      kind: 'change-plan',
      rules: own.planApproval,
      by: { principal: 'lee', groups: ['devops'] },
    } as const;
    const look = async (given: Case | null, plan: GateView['plan'] = risky) =>
      reasonOf({ grant: await grantOf(), plan, planGrant: given && (await grantOf(given)) }, manual);

    it('that is risky needs an approval of its own (C-44)', async () => {
      assert.match(await look(null), /approval of the plan is missing/);
      assert.match(await look({}), /the plan was asked under other rules/);
    });

    it('is covered by the approval of this very plan', async () => {
      assert.equal(await look({ ...planned, subject: { planDigest: digest } }), 'covered');
      assert.match(
        await look({ ...planned, subject: { planDigest: 'c'.repeat(64) } }),
        /for another planDigest/,
      );
    });

    it('that is not risky needs none, and none is a gap where one is required', async () => {
      assert.equal(await look(null, { ...risky, risky: false }), 'covered');
      const strict = sealed({ ...manual, plan: 'required' });
      assert.match(await reasonOf({ grant: await grantOf() }, strict), /no plan of this deploy/);
    });
  });

  describe('withoutUncovered', () => {
    const attempts = [
      { attempt: 'a', answer: 'mismatch', text: 'm' },
      { attempt: 'b', answer: 'go', text: 'go' },
    ] as const;
    const view: GateView = { ...waiting, state: 'go', attempts };
    const refuse = (policy: ChangePolicy) => async () => assert.fail(await reasonOf({}, policy));

    it('asks nothing while there is no go', async () => {
      const still = { ...view, attempts: attempts.slice(0, 1) };
      assert.equal(await withoutUncovered(still, refuse(manual)), still);
    });

    it('gives an error on, that is no verdict: no go is told meanwhile', async () => {
      signer.known = false;
      const { namespace } = config.temporal;
      const verify = createGoVerifier({
        policyFor: () => manual,
        keys: signer.keys,
        namespace,
        now: () => nowMs,
      });
      const grant = await grantOf();
      const asked = withoutUncovered(view, () => verify({ ...view, grant }, build, execution));
      await assert.rejects(asked, { type: 'Unavailable' });
    });

    it('turns a go that is not covered, and leaves the other answers', async () => {
      const { namespace } = config.temporal;
      const verify = createGoVerifier({
        policyFor: () => manual,
        keys: signer.keys,
        namespace,
        now: () => nowMs,
      });
      const turned = await withoutUncovered(view, () => verify(view, build, execution));
      assert.deepEqual(
        turned.attempts.map(({ answer }) => answer),
        ['mismatch', 'not-approved'],
      );
      assert.match(turned.text, /^not covered: /);
    });
  });
});
