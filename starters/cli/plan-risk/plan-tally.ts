import { createHash } from 'node:crypto';
import type { PlanRule } from '../../../config/change-schema.ts';
import {
  digestedParts,
  toDigestText,
  type DigestedPart,
} from '../../../workflows/change-approval/plan-digest.ts';
import type { PlanReason, PlanReport } from '../../../workflows/change-approval/plan-report.ts';
import {
  judgeDeferred,
  judgeInvocation,
  judgePlan,
  judgeResourceChange,
} from '../../../workflows/change-approval/plan-rules.ts';
import { parseExactJson } from './exact-json.ts';
import { NotAPlan } from './not-a-plan.ts';
import type { ScanListener } from './object-scanner.ts';

/** As many are in a report; the others are counted. */
const maxReasons = 100;
const facts: readonly string[] = ['format_version', 'terraform_version', 'errored', 'complete'];
/** Members that a plan has even when it changes nothing. */
const marksOfPlan: readonly string[] = ['resource_changes', 'planned_values'];

/** What has the same look from afar, by a member that plans do not have. */
const others: Readonly<Record<string, string>> = {
  '@level': 'it is the log of `terraform plan -json`: give the output of `terraform show -json PLANFILE`',
  values: 'it is a state, not a plan: name the plan’s file in `terraform show -json PLANFILE`',
  lineage: 'it is a state file, not a plan: give the output of `terraform show -json PLANFILE`',
  provider_schemas:
    'these are providers’ schemas, not a plan: give the output of `terraform show -json PLANFILE`',
};

/** Collects the report while the plan goes by. */
export class PlanTally implements ScanListener {
  readonly #rules: readonly PlanRule[];
  readonly #seen = new Set<string>();
  readonly #facts = new Map<string, unknown>();
  readonly #counts = { create: 0, update: 0, delete: 0, replace: 0, other: 0, unchanged: 0 };
  readonly #reasons: PlanReason[] = [];
  #moreReasons = 0;
  /** SHA-256, hex, of each item: the order of a plan is not part of its digest. */
  readonly #items: string[] = [];

  constructor(rules: readonly PlanRule[]) {
    this.#rules = rules;
  }

  onMember(name: string): 'items' | 'whole' | 'skip' {
    const other = Object.hasOwn(others, name) ? others[name] : undefined;
    if (other !== undefined) throw new NotAPlan(other);
    // readers of JSON differ in which of two counts: neither may be overlooked
    if (this.#seen.has(name)) throw new NotAPlan('it has one member twice');
    this.#seen.add(name);
    if (isDigested(name)) return 'items';
    return facts.includes(name) ? 'whole' : 'skip';
  }

  onValue(name: string, json: Buffer): void {
    const value = parseExactJson(json);
    if (isDigested(name) && value !== null) throw new NotAPlan(`its ${name} is not an array`);
    this.#facts.set(name, value);
    if (name === 'format_version') requireKnownFormat(value);
  }

  onItem(name: string, json: Buffer): void {
    if (!isDigested(name)) return;
    const item = parseExactJson(json);
    const text = toDigestText(name, item);
    if (text !== null) this.#items.push(sha256(text));
    if (name === 'deferred_changes') this.#add([judgeDeferred(item)], 'other');
    else if (name !== 'resource_changes') this.#add(judgeInvocation(item, this.#rules), 'other');
    else {
      const { counted, reasons } = judgeResourceChange(item, this.#rules);
      this.#add(reasons, counted);
    }
  }

  /** @throws NotAPlan when something is missing that every plan has */
  report(fileDigest: string): PlanReport {
    const formatVersion = requireKnownFormat(this.#facts.get('format_version'));
    if (!marksOfPlan.some((name) => this.#seen.has(name)))
      throw new NotAPlan('it has neither resource_changes nor planned_values');
    const of = { errored: this.#facts.get('errored'), complete: this.#facts.get('complete') };
    const reasons = [...judgePlan(of), ...this.#reasons];
    const kept = reasons.slice(0, maxReasons);
    return {
      digest: sha256([JSON.stringify(['lockkeeper plan 1', of]), ...this.#items.sort()].join('\n')),
      fileDigest,
      formatVersion,
      terraformVersion: toVersion(this.#facts.get('terraform_version')),
      risky: reasons.length > 0,
      counts: this.#counts,
      reasons: kept,
      moreReasons: this.#moreReasons + reasons.length - kept.length,
    };
  }

  #add(reasons: readonly PlanReason[], counted: keyof PlanReport['counts']): void {
    this.#counts[counted] += 1;
    const room = maxReasons - this.#reasons.length;
    this.#reasons.push(...reasons.slice(0, room));
    this.#moreReasons += Math.max(0, reasons.length - room);
  }
}

function isDigested(name: string): name is DigestedPart {
  return (digestedParts as readonly string[]).includes(name);
}

/** 0.1, 0.2 (Terraform 0.12 to 1.0) and 1.x; another major version may mean something else by the same words. */
function requireKnownFormat(version: unknown): string {
  if (typeof version !== 'string') throw new NotAPlan('it has no format_version');
  if (/^[01]\.\d{1,6}$/.test(version)) return version;
  throw new NotAPlan('its format_version is neither 0.x nor 1.x');
}

/** Printed: only what looks like a version is repeated. */
function toVersion(version: unknown): string | null {
  return typeof version === 'string' && /^\d[\w.+-]{0,39}$/.test(version) ? version : null;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
