import { isRecord, text, wholeNumber } from '../shared/guards.ts';
import type { GivenDetails } from './messages.ts';
import type { PlanReason, PlanReport } from './plan-report.ts';

/** What CI jobs say, from `unknown`: malformed is undefined, never a throw. */

export interface BeginAttempt {
  readonly attempt: string;
  readonly buildJob: string;
  readonly build: string;
  readonly branch: string;
  readonly sha: string;
}

export function toBeginAttempt(payload: unknown): BeginAttempt | undefined {
  const [attempt, buildJob, build, branch, sha] = ['attempt', 'buildJob', 'build', 'branch', 'sha'].map(
    (name) => text(payload, name),
  );
  if (!attempt || attempt.length > 64 || !buildJob || !build || !branch || !sha) return undefined;
  return { attempt, buildJob, build, branch, sha };
}

export interface DeployEnd {
  readonly result: 'success' | 'failure';
  readonly url: string | null;
}

export function toDeployEnd(payload: unknown): DeployEnd | undefined {
  const result = text(payload, 'result');
  if (result !== 'success' && result !== 'failure') return undefined;
  return { result, url: text(payload, 'url') ?? null };
}

/** Long texts are cut: a field of the ticket holds no more. */
export function toDetails(payload: unknown): GivenDetails | undefined {
  const details = isRecord(payload) ? payload['details'] : undefined;
  if (!isRecord(details)) return undefined;
  const line = (name: string) => {
    const found = details[name];
    return typeof found === 'string' && found.trim() !== '' ? { [name]: found.slice(0, 4_000) } : {};
  };
  const listed = details['components'];
  const components = Array.isArray(listed)
    ? listed.filter((one): one is string => typeof one === 'string' && one.trim() !== '').slice(0, 20)
    : [];
  return {
    ...line('summary'),
    ...line('justification'),
    ...line('rollbackPlan'),
    ...(components.length > 0 ? { components } : {}),
  };
}

const counted = ['create', 'update', 'delete', 'replace', 'other', 'unchanged'] as const;
const hash = /^[0-9a-f]{64}$/;

export function toPlanReport(payload: unknown): PlanReport | undefined {
  const report = isRecord(payload) ? payload['report'] : undefined;
  const [digest, fileDigest, formatVersion] = ['digest', 'fileDigest', 'formatVersion'].map((name) =>
    text(report, name),
  );
  if (!isRecord(report) || !digest || !fileDigest || !formatVersion) return undefined;
  if (!hash.test(digest) || !hash.test(fileDigest)) return undefined;
  const { risky, reasons } = report;
  const counts = counted.map((name) => wholeNumber(report['counts'], name));
  const moreReasons = wholeNumber(report, 'moreReasons');
  if (typeof risky !== 'boolean' || !Array.isArray(reasons) || moreReasons === undefined) return undefined;
  if (counts.includes(undefined)) return undefined;
  const listed = reasons.slice(0, 100).map(toReason);
  if (listed.includes(undefined)) return undefined;
  return {
    digest,
    fileDigest,
    formatVersion,
    terraformVersion: text(report, 'terraformVersion') ?? null,
    // a report with reasons is risky, whatever it says of itself
    risky: risky || listed.length > 0,
    counts: Object.fromEntries(
      counted.map((name, index) => [name, counts[index] ?? 0]),
    ) as PlanReport['counts'],
    reasons: listed.filter((one) => one !== undefined),
    moreReasons,
  };
}

function toReason(value: unknown): PlanReason | undefined {
  const [address, rule, reason] = ['address', 'rule', 'reason'].map((name) => text(value, name));
  if (!address || !rule || !reason) return undefined;
  return { address, attribute: text(value, 'attribute') ?? null, rule, reason };
}
