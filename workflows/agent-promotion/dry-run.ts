import type { Approvals, Question } from '../approval/approvals.ts';
import { describeSeats } from '../approval/ledger.ts';
import type { Grant } from '../approval/messages.ts';
import { text } from '../shared/guards.ts';
import type { PlannedWrite } from './messages.ts';

/**
 * A dry run is the same story with the writes replaced: each is noted down and answered as if it had gone well, so that
 * the next step shows what it would write. Reads are real.
 */
export interface Plan {
  readonly writes: PlannedWrite[];
  note(system: string, write: string, detail: string): void;
  record<A extends object>(system: string, port: A): A;
}

type Answer = (input: unknown) => unknown;

/** Verbs that only read, in ports that write otherwise: they go through. */
const reads: ReadonlySet<string> = new Set([
  'readTicket',
  'readAccount',
  'readHolds',
  'pinInstaller',
  'readLastOutcome',
]);

const answers: Readonly<Record<string, Answer>> = {
  joinQueue: () => ({ state: 'granted', token: 1 }),
  transitionTicket: (input) => ({ changed: true, fromName: '', toName: text(input, 'to') ?? '' }),
  assignTicket: () => ({ changed: true, accountId: '' }),
  commentTicket: () => ({ commentId: '', created: true }),
  copyToTest: (input) => ({ ...pinnedOf(input), written: true }),
  ensurePipeline: () => ({ pipelineId: 0, webUrl: 'about:blank', adopted: false }),
  launchTestInstance: () => ({ instanceId: 'i-dry-run', accountId: '', resultKey: '', adopted: false }),
  awaitTestResult: (input) => ({ verdict: 'passed', reportedVersion: text(input, 'version') ?? '' }),
  openWave: () => ({ open: true, openedAt: '' }),
  publishObject: (input) => ({ ...(fieldOf(input, 'tested') as object), written: true }),
  publishManifest: () => ({ outcome: 'published', previousVersion: null, manifestVersionId: '' }),
  probe: () => ({ healthy: true, detail: '' }),
};

/** Looks at what a write did: in a dry run there is nothing to look at, and nothing to note. */
const unnoted: ReadonlySet<string> = new Set(['readPipeline', 'awaitTestResult', 'openWave']);

/** @param verifyJob the CI job that must have succeeded */
export function createPlan(verifyJob: string): Plan {
  const writes: PlannedWrite[] = [];
  const passed = { pipelineId: 0, webUrl: 'about:blank', state: 'success', status: 'success' };
  const jobs = [{ name: verifyJob, status: 'success', webUrl: '', traceTail: '' }];
  const answerOf = (verb: string, input: unknown) =>
    verb === 'readPipeline' ? { ...passed, jobs } : answers[verb]?.(input);
  const note = (system: string, write: string, detail: string) => void writes.push({ system, write, detail });
  return {
    writes,
    note,
    record: (system, port) =>
      new Proxy(port, {
        get(target, name) {
          const verb = String(name);
          if (reads.has(verb)) return Reflect.get(target, name) as unknown;
          return (input: unknown) => {
            if (!unnoted.has(verb)) note(system, verb, detailOf(input));
            return Promise.resolve(answerOf(verb, input));
          };
        },
      }),
  };
}

/** Nobody is asked; the plan says who would be. */
export function planApprovals(plan: Plan): Approvals {
  return {
    ask(question: Question) {
      const { policy, evidence } = question;
      const who = describeSeats(policy.quorum);
      plan.note(
        'people',
        'ask',
        `${evidence.title}: ${who}, in #${policy.channel}, under ${policy.name}@${policy.version}`,
      );
      const grant: Grant = { requestId: '', evidence, policy, envelopes: [] };
      const settlement = { outcome: 'approved', grant, approvers: [], overridden: false } as const;
      return Promise.resolve({
        requestId: '',
        evidenceDigest: '',
        settled: () => Promise.resolve(settlement),
        settlement: () => settlement,
        commit: () => Promise.resolve(settlement),
        void() {},
        note() {},
        answered() {},
        reasons: () => '',
        heard: () => Promise.resolve(),
      });
    },
    ticketChanged() {},
    idle: () => true,
    shown: () => Promise.resolve(),
  };
}

/** What the write is about: codes and names of ours, a comment by its first words. */
function detailOf(input: unknown): string {
  const parts = ['account', 'to', 'version', 'channel'].map((field) => text(input, field));
  const assignee = text(fieldOf(input, 'assignee'), 'kind');
  const step = text(input, 'key')?.split('/').at(-1);
  const body = fieldOf(input, 'body');
  const first: unknown = Array.isArray(body) ? body[0] : undefined;
  const words = text(first, 'text')?.slice(0, 120);
  return [...parts, assignee, step, words].filter((part) => part !== undefined).join(' · ');
}

function pinnedOf(input: unknown): object {
  return fieldOf(input, 'pinned') as object;
}

function fieldOf(input: unknown, field: string): unknown {
  return typeof input === 'object' && input !== null
    ? (input as Readonly<Record<string, unknown>>)[field]
    : undefined;
}
