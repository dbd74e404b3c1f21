import { documentToCase, documentToIssue } from '../../../config/incident-defaults.ts';
import type { Link } from '../../../workflows/incident-sync/link.ts';
import type { IncidentPolicy } from '../../../workflows/incident-sync/messages.ts';
import { planSync } from '../../../workflows/incident-sync/plan.ts';
import type { PlanInput } from '../../../workflows/incident-sync/plan-input.ts';
import type {
  AttachmentMark,
  CaseSide,
  CommentMark,
  FieldMap,
  IssueSide,
} from '../../../workflows/incident-sync/sides.ts';
import type { Plan, Step } from '../../../workflows/incident-sync/steps.ts';

export const analysis = 'Detection and Analysis';
export const containment = 'Containment, Eradication and Recovery';
export const review = 'Post-incident Activities';

export const field = (
  caseField: FieldMap['caseField'],
  over: Partial<Omit<FieldMap, 'key' | 'caseField'>> = {},
): FieldMap => ({
  key: caseField,
  caseField,
  issueField: caseField,
  direction: 'both',
  conflict: 'case',
  values: {},
  ...over,
});

export const createPolicy = (over: Partial<IncidentPolicy> = {}): IncidentPolicy => ({
  name: 'aws-main',
  version: 1,
  digest: 'd',
  connection: 'aws-main',
  site: 'main',
  fields: [field('title'), field('description')],
  toIssue: documentToIssue,
  toCase: Object.fromEntries(Object.entries(documentToCase).map(([from, to]) => [from.toLowerCase(), to])),
  statusConflict: 'case',
  goneStatus: null,
  deletedIssue: 'comment',
  reopened: 'alert',
  comments: 'both',
  attachments: 'both',
  watchers: 'both',
  channels: [],
  conflictApproval: { name: 'soc', version: 1, digest: 'd' } as IncidentPolicy['conflictApproval'],
  pendingMinutes: [60],
  onCall: 'sam',
  tailDays: 14,
  heartbeatSeconds: 10,
  runLinkBase: 'http://127.0.0.1:8233',
  issueLinkBase: 'http://127.0.0.1:8080/browse/',
  ...over,
});

export const createCase = (over: Partial<CaseSide> = {}): CaseSide => ({
  found: true,
  caseArn: 'arn:aws:security-ir:eu-west-1:111122223333:case/1',
  status: analysis,
  resolverType: 'Self',
  pendingAction: 'None',
  closureCode: null,
  closedAt: null,
  updatedAt: '2026-11-23T10:00:00Z',
  fields: { title: 't', description: 'd' },
  watchers: 'w',
  comments: [],
  attachments: [],
  issueTag: null,
  route: 'rest',
  severe: false,
  ...over,
});

const createClosed = (over: Partial<CaseSide> = {}): CaseSide =>
  createCase({
    status: 'Closed',
    closureCode: 'Investigation Completed',
    closedAt: '2026-11-23T11:00:00Z',
    ...over,
  });

export const createIssue = (over: Partial<IssueSide> = {}): IssueSide => ({
  found: true,
  gone: null,
  key: 'INC-1',
  status: 'In Progress',
  done: over.status === 'Done',
  resolution: null,
  updatedAt: '2026-11-23T10:00:00.000Z',
  fields: { title: 't', description: 'd' },
  watchers: 'w',
  comments: [],
  attachments: [],
  ...over,
});

/** As everything was left when both sides said the same. */
export const createBase = (over: Partial<Link> = {}): Link => ({
  issueId: '10001',
  issueKey: 'INC-1',
  fields: { title: { case: 't', issue: 't' }, description: { case: 'd', issue: 'd' } },
  status: { case: analysis, issue: 'In Progress' },
  watchers: { case: 'w', issue: 'w' },
  comments: [],
  attachments: [],
  version: 7,
  ...over,
});

export const comment = (id: string, over: Partial<CommentMark> = {}): CommentMark => ({
  id,
  hash: `h${id}`,
  createdAt: '2026-11-23T10:00:00Z',
  ours: false,
  internal: false,
  copyOf: null,
  ...over,
});

export const attachment = (id: string, over: Partial<AttachmentMark> = {}): AttachmentMark => ({
  id,
  hash: `h${id}`,
  size: 10,
  status: 'Verified',
  ours: false,
  ...over,
});

interface PairOver {
  readonly policy?: Partial<IncidentPolicy>;
  readonly link?: Partial<Link>;
  readonly case?: Partial<CaseSide>;
  readonly issue?: Partial<IssueSide>;
  readonly answers?: PlanInput['answers'];
  readonly expected?: PlanInput['expected'];
  readonly notes?: PlanInput['notes'];
}

/** Both sides and their link: at rest, but for what is given. */
export const createPair = (over: PairOver = {}): PlanInput => ({
  policy: createPolicy(over.policy),
  link: createBase(over.link),
  case: (over.case?.status === 'Closed' ? createClosed : createCase)(over.case),
  issue: createIssue(over.issue),
  answers: over.answers ?? {},
  expected: over.expected ?? [],
  notes: over.notes ?? [],
});

/** One step in a line, for tables and for people who read a failure. */
export function wordsOf(step: Step): string {
  switch (step.kind) {
    case 'fields': {
      const losing = step.losers.length > 0 ? ` losing ${step.losers.join(' ')}` : '';
      return `${step.keys.join(' ')} to ${step.to}${losing}`;
    }
    case 'issue-status':
      return `issue ${step.closes ? 'closes' : 'moves'} to ${step.status}`;
    case 'case-status':
      return `case moves to ${step.path.join(' > ')}`;
    case 'comment': {
      const copies = step.copies.length > 0 ? ` at ${step.copies.map(({ id }) => id).join(' ')}` : '';
      return `${step.act} ${step.origin} comment ${step.id}${copies}`;
    }
    case 'attachment':
      return `${step.origin} attachment ${step.id}`;
    case 'watchers':
      return `watchers to ${step.to}`;
    case 'note':
      return `note ${step.note.about}`;
  }
}

/** A whole plan in a line; nothing: ''. */
export function lineOf({ steps, conflicts, hold, reopened }: Plan): string {
  return [
    ...steps.map(wordsOf),
    ...conflicts.map(({ key }) => `ask ${key}`),
    ...(hold ? [`held ${hold.side} ${hold.status} ${hold.reason}`] : []),
    ...(reopened ? ['reopened'] : []),
  ].join('; ');
}

export const run = (over: PairOver = {}): string => lineOf(planSync(createPair(over)));
export type { PairOver };
