import { createPermissionGuard, type ProductionWrite } from '../../../activities/decisions/permission.ts';
import type { Permission } from '../../../activities/s3/port.ts';
import { digestOf } from '../../../config/canonical-json.ts';
import type { PromotionPolicy } from '../../../workflows/agent-promotion/messages.ts';
import type { Grant } from '../../../workflows/approval/messages.ts';
import type { BundleWrite, EvidenceBundle } from './bundle.ts';
import { compare, runCheck, type Check, type Finding } from './check.ts';
import type { JudgedDecision, Verifier } from './check-decisions.ts';
import { busyUntil } from './check-requests.ts';
import { saidOf, start, take, type Place, type Told } from './walk.ts';

/** Each guarded write goes once more past the guard that let it through, with what it was given then. */
export async function checkWrites(
  bundle: EvidenceBundle,
  judged: readonly JudgedDecision[],
  verifier: Verifier,
): Promise<Check[]> {
  const checks: Promise<Check>[] = Object.entries(bundle.grants).map(([key, grant]) =>
    runCheck(`grant ${key.slice(0, 8)}`, () => checkGrant(bundle, key, grant)),
  );
  for (const write of bundle.writes) {
    const { activity, account, event_id } = write;
    const name = `${activity} ${account} at event ${event_id}`;
    checks.push(runCheck(name, () => checkPermission(bundle, write, verifier)));
    if (write.approval)
      checks.push(runCheck(`${name}: approvers`, () => checkApprovers(bundle, write, judged)));
  }
  return Promise.all(checks);
}

/** What was given to a write came to this run, and was shown to people. */
function checkGrant({ decisions, requests }: EvidenceBundle, key: string, grant: Grant): Finding {
  const arrived = new Set(decisions.map(({ envelope }) => envelope));
  const strange = grant.envelopes.filter((envelope) => !arrived.has(envelope)).length;
  const request = requests.find(({ request_id }) => request_id === grant.requestId);
  const wrong = [
    ...(digestOf(grant) === key ? [] : ['its content is not that of its SHA-256']),
    ...(request ? [] : [`no request ${grant.requestId} was shown`]),
    ...(request && request.evidence_digest !== digestOf(grant.evidence) ? ['people saw other evidence'] : []),
    ...(request && digestOf(request.policy) !== digestOf(grant.policy) ? ['people saw other rules'] : []),
    ...(strange === 0 ? [] : [`${strange} of its decisions never reached the run`]),
  ];
  return {
    ok: wrong.length === 0,
    expected: 'decisions of this run about what was shown',
    found: wrong.join('; ') || `${grant.envelopes.length} of them, about ${grant.requestId}`,
  };
}

async function checkPermission(
  bundle: EvidenceBundle,
  write: BundleWrite,
  verifier: Verifier,
): Promise<Finding> {
  const expected = 'a write that the guard lets through';
  try {
    await guardOf(bundle, write, verifier)();
    return { ok: true, expected, found: write.permission.grant === null ? 'no approval needed' : 'approved' };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    // nothing was written then
    if (write.state === 'failed' && write.failure?.type === 'PolicyViolation')
      return { ok: true, expected: 'a write that the guard refuses, as it did', found };
    return { ok: false, expected, found };
  }
}

function guardOf(bundle: EvidenceBundle, write: BundleWrite, { keys, nowMs }: Verifier): () => Promise<void> {
  const { namespace, run } = bundle;
  const policy = bundle.input_policy as PromotionPolicy;
  const given = write.permission;
  const permission: Permission = {
    policy: given.policy === 'input' ? policy : (given.policy as unknown as PromotionPolicy),
    wave: given.wave,
    grant: grantOf(bundle, given.grant),
    exception: grantOf(bundle, given.exception),
  };
  const readWave = async ({ wave }: { wave: string }) => {
    const opened = bundle.waves.find((one) => one.wave === wave);
    return opened ? { openedAt: opened.opened_at, overrideRequestId: opened.override_request_id } : null;
  };
  const guard = createPermissionGuard({
    ...{ policiesFor: () => [policy], keys, namespace, now: () => nowMs },
    freeze: policy.freezes
      ? // the calendar is the worker's: an exception that was given is checked as if a window had asked for it
        { readWave, windowsAt: () => (permission.exception ? ['window'] : []) }
      : null,
  });
  return () =>
    guard(toProductionWrite(write), permission, { workflowId: run.workflow_id, runId: run.run_id });
}

/** @throws Error when the grant is not in the file */
function grantOf({ grants }: EvidenceBundle, key: string | null): Grant | null {
  if (key === null) return null;
  const grant = grants[key];
  if (grant) return grant;
  throw new Error(`the grant ${key.slice(0, 8)} is not in this file`);
}

function toProductionWrite(write: BundleWrite): ProductionWrite {
  const { activity, account, version, sha256, size, from_version, to_version } = write;
  if (activity === 'rollBackManifest')
    return { kind: 'rollback', account, fromVersion: from_version ?? '', toVersion: to_version ?? '' };
  return { kind: 'publish', account, version: version ?? '', sha256: sha256 ?? '', size: size ?? 0 };
}

/** The manifest names those who approved, and the request. */
function checkApprovers(
  bundle: EvidenceBundle,
  { approval, permission }: BundleWrite,
  judged: readonly JudgedDecision[],
): Finding {
  const grant = grantOf(bundle, permission.grant);
  if (!grant || !approval) return compare('an approval', 'none');
  const place = foldGrant(grant, judged);
  const approvers = [...new Set(saidOf(place).decisions.map(({ principal }) => principal))];
  const say = (id: string, names: readonly string[]) => `${id.slice(0, 8)} by ${names.join(', ')}`;
  return compare(say(grant.requestId, approvers), say(approval.request_id, approval.approvers));
}

function foldGrant(grant: Grant, judged: readonly JudgedDecision[]): Place {
  const { requestId, evidence, policy } = grant;
  let place = start({
    ...{ request_id: requestId, evidence, policy, evidence_digest: digestOf(evidence) },
    shown: [],
  });
  for (const envelope of grant.envelopes) {
    const claims = judged.find((one) => one.envelope === envelope)?.claims;
    if (claims) place = take(place, claims)[0] ?? place;
  }
  return place;
}

/** A write tells that its request was committed, by the decisions of its grant: the run's own must say the same. */
export function toldByWrites(
  bundle: EvidenceBundle,
  judged: readonly JudgedDecision[],
): ReadonlyMap<string, readonly Told[]> {
  const told = new Map<string, Told[]>();
  for (const { permission, activity, account, event_id: eventId } of bundle.writes) {
    const grant = permission.grant === null ? undefined : bundle.grants[permission.grant];
    const request = bundle.requests.find(({ request_id }) => request_id === grant?.requestId);
    if (!grant || !request) continue;
    const one: Told = {
      ...{ what: `${activity} ${account} (event ${eventId})`, eventId, state: 'committed', deadline: null },
      said: saidOf(foldGrant(grant, judged)),
      busyUntil: busyUntil(request, eventId),
    };
    told.set(grant.requestId, [...(told.get(grant.requestId) ?? []), one]);
  }
  return told;
}
