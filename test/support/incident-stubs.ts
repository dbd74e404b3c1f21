import type { WorkflowHandle } from '@temporalio/client';
import type { IncidentPort } from '../../activities/incidents/port.ts';
import type { IncidentCallsPort } from '../../activities/temporal/port.ts';
import { requests, type DecisionClaims, type RequestView } from '../../workflows/approval/messages.ts';
import {
  incident,
  incidentChanged,
  type IncidentEvent,
  type IncidentPolicy,
  type IncidentSyncInput,
  type IncidentView,
} from '../../workflows/incident-sync/messages.ts';
import type { CaseSide, CommentMark, IssueSide } from '../../workflows/incident-sync/sides.ts';
import { createFailure, type FailureType } from '../../workflows/shared/failures.ts';
import { incidentSyncId, workflowTypes } from '../../workflows/shared/names.ts';
import { createCase, createIssue, createPolicy, field } from '../policy/incident-sync/pair.ts';
import { approvalPolicy, say } from './approval-answers.ts';
import { eventually } from './approval-world.ts';
import { createPromotionWorld, type PromotionWorld } from './promotion-world.ts';
import type { TrackingWorld } from './queue-world.ts';
import { registerStubs, type Stubs } from './stub-activities.ts';
import { testQueue } from './stub-workers.ts';

export const incidentPolicy: IncidentPolicy = createPolicy({
  fields: [field('title'), field('description', { conflict: 'ask' })],
  conflictApproval: approvalPolicy,
  channels: ['soc'],
  pendingMinutes: [60, 240],
});

type Verb = keyof IncidentPort;

/** Both sides in memory. A value is its own hash. */
export interface IncidentSides {
  case: CaseSide;
  issue: IssueSide;
  /** `<verb>` or `<verb> <about>`, in the order of their asking; reads are left out. */
  readonly calls: string[];
  /** What the next calls of a verb throw, first first. */
  readonly failures: Partial<Record<Verb, FailureType[]>>;
  /** Values that a write replaced. */
  readonly kept: string[];
  /** What other runs and the freeze were told. */
  readonly told: string[];
  paused: boolean;
  severe: boolean;
  /** Issues with our property. */
  readonly tied: Set<string>;
}

export interface IncidentWorld extends IncidentSides {
  readonly workflowId: string;
  readonly handle: WorkflowHandle;
  readonly vendors: PromotionWorld;
  readonly stubs: Stubs;
  start(input?: Partial<IncidentSyncInput>): Promise<void>;
  /** Of an id of its own, unless one is given. */
  tell(part?: Partial<IncidentEvent>): Promise<void>;
  view(): Promise<IncidentView>;
  /** As soon as the view is so. */
  until<T>(look: (view: IncidentView) => T | undefined | false): Promise<T>;
  /** Both sides were read, and all that follows was written, so often. */
  synced(times: number): Promise<void>;
  openRequest(): Promise<RequestView>;
  say(view: RequestView, part?: Partial<DecisionClaims>): Promise<void>;
  stop(): Promise<void>;
}

let cases = 0;

/** One `incidentSync` over sides that a test writes. It runs for ever: `stop` it. */
export function createIncidentWorld(temporal: TrackingWorld): IncidentWorld {
  const { client } = temporal;
  const caseId = String(1_000_000_000 + (cases += 1));
  const workflowId = incidentSyncId('aws-main', caseId);
  const { world: vendors, stubs } = createPromotionWorld();
  const handle = client.workflow.getHandle(workflowId);
  let deliveries = 0;
  const world: IncidentWorld = {
    ...{ workflowId, handle, vendors, stubs, calls: [], kept: [], told: [], failures: {} },
    ...{ case: createCase(), issue: createIssue(), paused: false, severe: false },
    tied: new Set(),
    async start(input = {}) {
      await client.workflow.start(workflowTypes.incidentSync, {
        ...{ workflowId, taskQueue: testQueue },
        args: [{ connection: 'aws-main', caseId, policy: incidentPolicy, ...input }],
      });
      temporal.track(handle);
    },
    tell: (part = {}) =>
      handle.signal(incidentChanged, {
        ...{ deliveryId: `event-${(deliveries += 1)}`, event: 'Case Updated', side: 'case', ...part },
      }),
    view: () => handle.query(incident),
    until: (look) => eventually(async () => look(await world.view()) || undefined),
    async synced(times) {
      await world.until(({ syncs }) => syncs >= times);
    },
    openRequest: () =>
      eventually(async () => (await handle.query(requests)).find(({ state }) => state === 'open')),
    say: (view, part) => say(handle, view, part),
    async stop() {
      await handle.cancel().catch(() => undefined);
      await handle.result().catch(() => undefined);
    },
  };
  registerStubs(workflowId, {
    ...stubs,
    temporal: { ...stubs.temporal, ...incidentCalls(world) },
    'aws-incident': incidentPort(world),
  });
  return world;
}

/** What `IncidentPort` does to sides in memory. */
export function incidentPort(sides: IncidentSides): IncidentPort {
  const write = (verb: Verb, about = '') => {
    sides.calls.push(`${verb} ${about}`.trim());
    const type = sides.failures[verb]?.shift();
    if (type) throw createFailure(type, `it is ${type}`);
  };
  const read = (verb: Verb) => {
    const type = sides.failures[verb]?.shift();
    if (type) throw createFailure(type, `it is ${type}`);
  };
  return {
    async readCase() {
      read('readCase');
      return sides.case;
    },
    async readIssue() {
      read('readIssue');
      return sides.issue;
    },
    async ensureIssue() {
      write('ensureIssue');
      sides.tied.add('10001');
      return { issueId: '10001', issueKey: 'INC-1', created: true };
    },
    async tieIssue({ issueId }) {
      write('tieIssue', issueId);
      const wasTied = sides.tied.has(issueId);
      sides.tied.add(issueId);
      return { issueKey: 'INC-1', wasTied };
    },
    untieIssue: async ({ keepTag = false }) => write('untieIssue', keepTag ? 'keepTag' : ''),
    async writeFields({ to, fields, losers }) {
      write('writeFields', `${to} ${fields.map(({ key }) => key).join(' ')}`);
      const from = to === 'case' ? sides.issue : sides.case;
      for (const key of losers) sides.kept.push(`${key}=${sides[to].fields[key]}`);
      const values = Object.fromEntries(fields.map(({ key }) => [key, from.fields[key] ?? '']));
      if (to === 'case') sides.case = { ...sides.case, fields: { ...sides.case.fields, ...values } };
      else sides.issue = { ...sides.issue, fields: { ...sides.issue.fields, ...values } };
      const both = Object.entries(values).map(([key, value]) => [key, { case: value, issue: value }]);
      return { fields: Object.fromEntries(both), kept: [] };
    },
    async moveIssue({ status }) {
      write('moveIssue', status);
      sides.issue = { ...sides.issue, status, done: status === 'Done' };
      return { status, held: null };
    },
    async moveCase({ path }) {
      const status = path.at(-1) ?? sides.case.status;
      write('moveCase', status);
      sides.case = { ...sides.case, status };
      return { status, held: null };
    },
    async copyComment({ act, origin, id }) {
      write('copyComment', `${act} ${origin} ${id}`);
      const copy = copyOf(id);
      const to = origin === 'case' ? 'issue' : 'case';
      const others = sides[to].comments.filter((one) => one.id !== copy.id);
      if (to === 'case') sides.case = { ...sides.case, comments: [...others, copy] };
      else sides.issue = { ...sides.issue, comments: [...others, copy] };
      const original = sides[origin].comments.find((one) => one.id === id);
      return { hash: original?.hash ?? '', copies: [{ id: copy.id, hash: copy.hash }] };
    },
    async copyAttachment({ origin, id }) {
      write('copyAttachment', `${origin} ${id}`);
      return { state: 'copied', sha256: 'a'.repeat(32), copyId: `copy-${id}` };
    },
    async addWatchers({ to }) {
      write('addWatchers', to);
      return { added: 1, unknown: 0, case: sides.case.watchers, issue: sides.issue.watchers };
    },
    writeNote: async ({ note }) => write('writeNote', note.about),
    tellCase: async ({ about }) => write('tellCase', about),
    async createCase({ again = false }) {
      write('createCase', again ? 'again' : '');
      return { caseId: '2000000001' };
    },
    async readSeverity() {
      read('readSeverity');
      return { severe: sides.severe };
    },
    readIssueTie: async ({ issueId }) => ({
      ...{ issueId, issueKey: 'INC-1', found: true, caseId: null, notEligible: null },
    }),
    sweepCases: async () => ({ changed: [], open: 0, listed: 0, calls: 1 }),
    sweepIssues: async () => ({ issues: [] }),
  };
}

function copyOf(id: string): CommentMark {
  return {
    ...{ id: `copy-${id}`, hash: `hash-${id}`, createdAt: '2026-11-23T10:05:00Z' },
    ...{ ours: true, internal: false, copyOf: `${id}#1` },
  };
}

export function incidentCalls(sides: IncidentSides): IncidentCallsPort {
  return {
    tellIncident: async ({ caseId, event }) =>
      void sides.told.push(`case ${caseId} ${event.event} ${event.side} ${event.issueId ?? ''}`.trim()),
    async tellIncidents({ caseIds, event }) {
      sides.told.push(`cases ${caseIds.join(' ')} ${event.event}`);
      return { told: caseIds.length };
    },
    async tellIntakes({ issueIds }) {
      sides.told.push(`issues ${issueIds.join(' ')}`);
      return { told: issueIds.length };
    },
    readPause: async () => ({ paused: sides.paused, reason: null }),
    async wakeIncidents({ scope }) {
      sides.told.push(`wake ${scope}`);
      return { told: 1 };
    },
    holdForIncident: async ({ workflowId }) => void sides.told.push(`freeze ${workflowId}`),
    listIncidents: async () => ({ caseIds: [], cursor: null }),
    readDrift: async () => ({ looked: [], differences: [] }),
  };
}
