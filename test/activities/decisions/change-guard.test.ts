import assert from 'node:assert/strict';
import { digestOf } from '../../../config/canonical-json.ts';
import type { ChangePermission } from '../../../activities/jira/changes/port.ts';
import { changeApprovalId } from '../../../workflows/shared/names.ts';
import {
  approved,
  automatic,
  build,
  changeApproval,
  check,
  execution,
  grantOf,
  lee,
  own,
  planApproved,
  planApproval,
  planWith,
  policyWith,
  ray,
  sue,
  type Attempt,
} from './change-world.ts';
import { sealed } from './permission-world.ts';
import { keySource, jiraKey, strangerKey } from './signing.ts';

const risky = { plan: planWith() };
const underAutomatic = { policyFor: () => automatic };
const forced = <T>(value: unknown) => value as T;
type Policy = ChangePermission['policy'];

describe('the guard of changes lets through', () => {
  it('what the quorum approved, and says who did', async () => {
    const grant = await approved();
    assert.deepEqual(await check({ permission: { grant } }), {
      automatic: false,
      approvers: ['sue', 'ray'],
      evidenceDigest: digestOf(grant.evidence),
    });
  });

  it('the playing of a deploy under the same grant', () => check({ kind: 'play-deploy' }));

  it('the job that people were shown', async () => {
    const grant = await approved({ subject: { deployJobId: 99 } });
    await check({ kind: 'play-deploy', deployJobId: 99, permission: { grant } });
  });

  it('a break-glass decision, with who made it', async () => {
    const grant = await grantOf([{ ...lee, verb: 'override', reason: 'production is down' }]);
    assert.deepEqual((await check({ permission: { grant } })).approvers, ['lee']);
  });

  it('a delegate, and names both', async () => {
    const grant = await grantOf([{ ...sue, principal: 'sid', actingFor: 'sue' }, ray]);
    assert.deepEqual((await check({ permission: { grant } })).approvers, ['sid', 'sue', 'ray']);
  });

  it('nobody’s approval where this worker’s own policy is automatic', async () => {
    const allowed = await check({
      permission: { grant: null, policy: automatic },
      options: underAutomatic,
    });
    assert.deepEqual(allowed, { automatic: true, approvers: [], evidenceDigest: null });
  });

  it('an automatic change with a risky plan that people approved', async () => {
    const permission = { grant: null, policy: automatic, ...risky, planGrant: await planApproved() };
    const allowed = await check({ kind: 'play-deploy', permission, options: underAutomatic });
    assert.deepEqual([allowed.automatic, allowed.approvers], [true, ['sue', 'lee']]);
  });

  it('a re-plan of other bytes and equal digest', async () => {
    const plan = planWith({ fileDigest: 'f'.repeat(64) });
    await check({ kind: 'play-deploy', permission: { plan, planGrant: await planApproved() } });
  });

  it('a harmless plan without a grant of its own', async () => {
    const plan = planWith({ risky: false, reasons: [] });
    const required = policyWith({ plan: 'required' });
    const permission = { policy: required, plan };
    await check({ kind: 'play-deploy', permission, options: { policyFor: () => required } });
  });

  it('a ticket’s approval before a plan is there, where one is required of the deploy', () => {
    const required = policyWith({ plan: 'required' });
    return check({ permission: { policy: required }, options: { policyFor: () => required } });
  });
});

describe('the guard of changes refuses', () => {
  for (const [what, subject] of [
    ['another job than people were shown', { deployJobId: 98 }],
    ['a job where people were shown none', {}],
    ['a job that is named by text', { deployJobId: '99' }],
  ] as const)
    it(`to play ${what}`, async () => {
      const grant = await approved({ subject });
      const playing = check({ kind: 'play-deploy', deployJobId: 99, permission: { grant } });
      await assert.rejects(playing, { type: 'PolicyViolation' });
    });

  const other = {
    ...{ environment: 'infrastructure', project: 'shop/api', buildJob: 'package', build: '4712' },
    ...{ branch: 'evil', sha: 'd'.repeat(40), action: 'destroy' },
  };
  type Field = keyof typeof other;
  for (const field of Object.keys(other) as Field[]) {
    const changed = { [field]: other[field] };
    it(`a grant for another ${field}`, () =>
      refuses({ write: changed }, field === 'environment' ? /another environment/ : `another ${field}`));
    it(`what people were shown with another ${field}`, async () =>
      refuses(
        { permission: { grant: await approved({ subject: changed }) } },
        `approval of the change is for another ${field}`,
      ));
    it(`a permission for another ${field} than is written`, () =>
      refuses({ permission: { build: { ...build, ...changed } } }, `permission is for another ${field}`));
    it(`a plan’s grant for another ${field}`, async () =>
      refuses(
        { permission: { ...risky, planGrant: await planApproved({ subject: changed }) } },
        `approval of the plan is for another ${field}`,
      ));
  }

  const wrong: readonly [what: string, attempt: () => Attempt | Promise<Attempt>, why: RegExp][] = [
    ['an uncontrolled environment', () => ({ options: { policyFor: () => undefined } }), /is no change of/],
    ['the id of another process', () => ({ by: { workflowId: 'agent-promotion:main:1' } }), /not the id of/],
    [
      'the id of another build',
      () => ({ by: { workflowId: changeApprovalId({ ...build, build: '4712' }) } }),
      /workflow is for another build/,
    ],
    [
      'this worker’s policy of another environment',
      () => {
        const infrastructure = policyWith({ environment: 'infrastructure' });
        return { permission: { policy: infrastructure }, options: { policyFor: () => infrastructure } };
      },
      /policy is for another environment/,
    ],
    ['a lax policy', () => ({ permission: { policy: automatic, grant: null } }), /not this worker’s/],
    [
      'a lax policy that claims the right digest',
      () => ({ permission: { policy: { ...automatic, digest: own.digest }, grant: null } }),
      /not this worker’s/,
    ],
    ['another version', () => ({ permission: { policy: policyWith({ version: 2 }) } }), /not this worker’s/],
    ['no policy', () => ({ permission: { policy: forced<Policy>(undefined) } }), /not this worker’s/],
    ['no build', () => ({ permission: { build: forced<typeof build>(null) } }), /names no build/],
    ['no grant', () => ({ permission: { grant: null } }), /approval of the change is missing/],
    [
      'a grant left out, even where none is needed',
      () => ({ permission: { policy: automatic, grant: forced<null>(undefined) }, options: underAutomatic }),
      /is missing/,
    ],
    ['half a quorum', async () => ({ permission: { grant: await grantOf([sue]) } }), /missing 1 of release/],
    [
      'a rejection after it',
      async () => ({
        permission: { grant: await grantOf([sue, ray, { ...sue, verb: 'reject', reason: 'no' }]) },
      }),
      /rejected/,
    ],
    [
      'a revocation after it',
      async () => ({ permission: { grant: await grantOf([sue, ray, { ...ray, verb: 'revoke' }]) } }),
      /missing 1 of release/,
    ],
    ...(['requester', 'author', 'changer'] as const).map((role): [string, () => Promise<Attempt>, RegExp] => [
      `the ${role}’s own voice`,
      async () => {
        const people = {
          requester: { requester: 'sue' },
          author: { authors: ['sue'] },
          changer: { changers: ['sue'] },
        };
        return { permission: { grant: await approved({ people: people[role] }) } };
      },
      /missing 1 of security/,
    ]),
    [
      'one person for two seats',
      async () => ({ permission: { grant: await grantOf([{ ...sue, groups: ['security', 'release'] }]) } }),
      /missing 1 of/,
    ],
    ['another run', () => ({ by: { runId: 'run-2' } }), /another run/],
    [
      'another environment’s workflow',
      async () => ({
        permission: { grant: await grantOf([{ ...sue, aud: 'security/change:x:shop~web:4711' }, ray]) },
      }),
      /missing 1 of security/,
    ],
    ['another namespace', () => ({ options: { namespace: 'default' } }), /does not stand/],
    [
      'a grant of another kind',
      async () => ({ permission: { grant: await approved({ kind: 'agent-promotion' }) } }),
      /is for agent-promotion/,
    ],
    [
      'laxer rules of approval',
      async () => ({
        permission: {
          grant: await grantOf([sue], {
            policy: sealed({ ...changeApproval, quorum: [{ group: 'security', count: 1 }] }),
          }),
        },
      }),
      /other rules/,
    ],
    [
      'evidence that was changed afterwards',
      async () => {
        const grant = await approved();
        return { permission: { grant: { ...grant, evidence: { ...grant.evidence, title: 'x' } } } };
      },
      /stale-evidence/,
    ],
    [
      'the signature of an attestation key under the name of Slack',
      async () => ({ permission: { grant: await approved({ key: jiraKey }) } }),
      /key|via/,
    ],
    ['a malformed grant', () => ({ permission: { grant: forced<null>({ requestId: 'x' }) } }), /malformed/],
    ['a risky plan without a grant', () => ({ permission: risky }), /approval of the plan is missing/],
    [
      'the change’s own grant for its plan',
      async () => ({ permission: { ...risky, planGrant: await approved() } }),
      /other rules|is for change/,
    ],
    [
      'the grant of the change for its plan, under equal rules',
      async () => {
        const same = policyWith({ planApproval: changeApproval });
        const permission = { policy: same, ...risky, planGrant: await approved() };
        return { permission, options: { policyFor: () => same } };
      },
      /is for change, not for change-plan/,
    ],
    [
      'the grant of another plan',
      async () => ({
        permission: {
          plan: planWith({ digest: 'a'.repeat(64) }),
          planGrant: await planApproved(),
        },
      }),
      /another planDigest/,
    ],
    [
      'a plan’s grant without a digest',
      async () => ({
        permission: { ...risky, planGrant: await planApproved({ subject: { planDigest: '' } }) },
      }),
      /another planDigest/,
    ],
    [
      'a plan’s grant of another run',
      async () => ({
        permission: { ...risky, planGrant: await planApproved({ subject: { runId: 'run-0' } }) },
      }),
      /another run/,
    ],
    [
      'half a quorum for the plan',
      async () => ({
        permission: {
          ...risky,
          planGrant: await grantOf([sue], {
            ...{ kind: 'change-plan', policy: planApproval, subject: { planDigest: planWith().digest } },
          }),
        },
      }),
      /missing 1 of leads/,
    ],
    [
      'a risky plan in an automatic change',
      () => ({ permission: { policy: automatic, grant: null, ...risky }, options: underAutomatic }),
      /approval of the plan is missing/,
    ],
    [
      'reasons under the name of a harmless plan',
      () => ({ permission: { plan: planWith({ risky: false }) } }),
      /approval of the plan is missing/,
    ],
    ['a malformed plan', () => ({ permission: { plan: planWith({ digest: 'short' }) } }), /malformed/],
    ['a plan left out', () => ({ permission: { plan: forced<null>(undefined) } }), /malformed/],
    [
      'a deploy without the plan that the policy requires',
      () => {
        const required = policyWith({ plan: 'required' });
        return {
          kind: 'play-deploy',
          permission: { policy: required },
          options: { policyFor: () => required },
        };
      },
      /no plan of this deploy/,
    ],
  ];
  for (const [what, attempt, why] of wrong) it(what, async () => refuses(await attempt(), why));

  it('nothing for ever while a key is not known yet', async () => {
    const grant = await approved({ key: strangerKey });
    const attempt = { permission: { grant }, options: { keys: keySource() } };
    await assert.rejects(check(attempt), { type: 'Unavailable' });
  });

  it('a path that only looks like the project’s', () =>
    refuses(
      { write: { project: 'shop~web' }, by: { workflowId: execution.workflowId } },
      'workflow is for another project',
    ));
});

async function refuses(attempt: Attempt, why: RegExp | string): Promise<void> {
  const message = typeof why === 'string' ? new RegExp(why) : why;
  await assert.rejects(check(attempt), { type: 'PolicyViolation', message });
}
