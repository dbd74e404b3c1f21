import type { WorkflowHandle } from '@temporalio/client';
import type { TrailPort } from '../../activities/cloudtrail/port.ts';
import type { SecretTicketsPort } from '../../activities/jira/secrets/port.ts';
import { createSecretCalls } from '../../activities/temporal/secret-calls.ts';
import { findingIdOf, startSecretChange, tellSecretTicket } from '../../activities/temporal/start-secrets.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import type { Config } from '../../config/parse-config.ts';
import { SecretAudit } from '../../config/secret-schema.ts';
import { requests, type DecisionClaims, type RequestView } from '../../workflows/approval/messages.ts';
import type {
  LedgerVerdict,
  SecretChangeOutcome,
  SecretEvent,
  TicketFacts,
  TicketFields,
} from '../../workflows/secret-audit/messages.ts';
import { secretsEverNamed } from '../../workflows/secret-audit/ticket-at.ts';
import { isSameSecret } from '../../workflows/secret-audit/arn.ts';
import { secretChangeId, secretTicketId } from '../../workflows/shared/names.ts';
import { approvalPolicy, say } from './approval-answers.ts';
import { eventually } from './approval-world.ts';
import { leadsConfig } from './leads.ts';
import { createPromotionWorld, type PromotionWorld } from './promotion-world.ts';
import type { TrackingWorld } from './queue-world.ts';
import { createMemoryLedger, type MemoryLedger } from './secret-ledger.ts';
import { registerStubs } from './stub-activities.ts';
import { testQueue } from './stub-workers.ts';

export interface SecretWorld {
  readonly account: string;
  readonly ledger: MemoryLedger;
  readonly vendors: PromotionWorld;
  readonly config: Config;
  /** As Jira has them now. */
  readonly tickets: TicketFacts[];
  /** How often tickets were looked for. */
  looks: number;
  /** While true Jira's tickets cannot be read. */
  jiraIsDown: boolean;
  /** Nobody knows whose principal it is, or who owns the secret. */
  unknownActor: boolean;
  event(name: string, part?: Partial<SecretEvent>): SecretEvent;
  /** An approved ticket for the secret of these events. @param minutes from the world's beginning */
  ticket(name: string, steps: Steps, begins?: Partial<TicketFields>): TicketFacts;
  /** A run of any id. */
  answerAs(workflowId: string, trail: Partial<TrailPort>): void;
  /** Its run by key has answers, too. */
  knowByKey(ticket: TicketFacts): void;
  deliver(event: SecretEvent): Promise<WorkflowHandle>;
  /** Of the run that is the newest now. */
  result(event: SecretEvent): Promise<SecretChangeOutcome>;
  hint(ticket: TicketFacts): Promise<void>;
  versions(event: SecretEvent): readonly LedgerVerdict[];
  verdicts(event: SecretEvent): readonly string[];
  /** As soon as the ledger's newest version of it is so. */
  standsAs(event: SecretEvent, verdict: string): Promise<LedgerVerdict>;
  finding(): WorkflowHandle;
  openRequest(kind?: string): Promise<RequestView>;
  say(view: RequestView, part?: Partial<DecisionClaims>): Promise<void>;
}

export type Steps = readonly (readonly [
  minutes: number,
  author: string | null,
  part: Partial<TicketFields>,
])[];

const region = 'us-east-1';
let worlds = 0;

/** The audit of an account of its own, with real calls of Temporal; ledger and tickets are in memory. @param nowMs the server's clock */
export function createSecretWorld(
  temporal: TrackingWorld,
  nowMs: number,
  rules: Readonly<Record<string, unknown>> = {},
): SecretWorld {
  const nth = (worlds += 1);
  const account = String(500_000_000_000 + nth);
  const beginMs = Math.floor(nowMs / 1000) * 1000;
  const { client } = temporal;
  const config = toConfig(account, rules);
  const ledger = createMemoryLedger();
  const { world: vendors, stubs } = createPromotionWorld();
  const starter = createTemporalStarter(client);
  let tickets = 0;
  const at = (minutes: number) => new Date(beginMs + minutes * 60_000).toISOString();
  const arn = `arn:aws:secretsmanager:${region}:${account}:secret:prod/db-a1b2c3`;
  const actorArn = `arn:aws:sts::${account}:assumed-role/admin/mia`;

  const world: SecretWorld = {
    ...{ account, ledger, vendors, config, tickets: [], looks: 0, jiraIsDown: false, unknownActor: false },
    event: (name, part = {}) => ({
      ...{
        eventId: `world-${String(nth).padStart(4, '0')}-${name}`,
        kind: 'call',
        eventName: 'PutSecretValue',
      },
      ...{ action: 'value', account, region, versionId: null, errorCode: null, sourceIp: null },
      eventTime: at(0).replace('.000', ''),
      secret: { arn, isComplete: true, account, region },
      actor: {
        ...{ type: 'AssumedRole', arn: actorArn, accountId: account, sessionName: 'mia', userName: null },
        ...{ roleArn: `arn:aws:iam::${account}:role/admin`, invokedBy: null, sourceIdentity: null },
      },
      ...{ userAgent: null, details: {} },
      ...part,
    }),
    ticket(name, steps, begins = {}) {
      const ticket = toTicket({ steps, begins: { secrets: arn, ...begins }, at, nth, index: (tickets += 1) });
      const made = { ...ticket, key: `SECCHG-${nth}${name}` };
      world.tickets.push(made);
      registerStubs(secretTicketId('main', made.issueId), all);
      return made;
    },
    answerAs: (workflowId, trail) =>
      registerStubs(workflowId, { ...all, 'aws-audit': { ...all['aws-audit'], ...trail } }),
    knowByKey: ({ key }) => registerStubs(secretTicketId('main', key), all),
    async deliver(event) {
      await startSecretChange(starter, config, { event, foundBy: 'event' });
      return temporal.track(client.workflow.getHandle(secretChangeId(event.eventId)));
    },
    result: (event) => client.workflow.getHandle(secretChangeId(event.eventId)).result(),
    hint: async ({ issueId }) =>
      void (await tellSecretTicket(starter, config, { issueId, deliveryId: 'd', event: 'updated' })),
    versions: ({ eventId }) => ledger.changes.get(eventId)?.versions ?? [],
    verdicts: (event) => world.versions(event).map(({ verdict }) => verdict),
    standsAs: (event, verdict) =>
      eventually(() => {
        const last = world.versions(event).at(-1);
        return last?.verdict === verdict ? last : undefined;
      }),
    finding: () => client.workflow.getHandle(findingIdOf({ account, actor: actorArn })),
    openRequest: (kind) =>
      eventually(async () => {
        const views = await world
          .finding()
          .query<readonly RequestView[]>(requests.name)
          .catch(() => []);
        return views.find(({ state, evidence }) => state === 'open' && (!kind || evidence.kind === kind));
      }),
    say: (view, part) => say(world.finding(), view, part),
  };

  const jira: SecretTicketsPort = {
    async findSecretTickets({ event }) {
      world.looks += 1;
      if (world.jiraIsDown) throw new Error('Jira is down');
      const { secret } = event;
      const found = world.tickets.filter((ticket) =>
        secretsEverNamed(ticket, null).some((line) => secret !== null && isSameSecret(line, secret)),
      );
      const people = world.unknownActor
        ? { changer: null, owners: [] }
        : { changer: 'mia', owners: ['dana'] };
      return { tickets: found, namedTicket: null, ...people };
    },
    async recordSecretTicket({ issueId }) {
      const ticket = world.tickets.find((one) => [one.issueId, one.key].includes(issueId));
      if (!ticket) return null;
      await ledger.recordTicket({ site: 'main', ticket });
      return { issueId: ticket.issueId, key: ticket.key, secrets: secretsEverNamed(ticket, null) };
    },
  };
  const calls = createSecretCalls({ client, config });
  const all = {
    ...stubs,
    temporal: { ...stubs.temporal, ...calls },
    'aws-audit': { ...ledger, ...jira },
  };
  registerStubs(secretChangeId(`world-${String(nth).padStart(4, '0')}-`), all);
  registerStubs(`secret-finding:${account}:`, all);
  return world;
}

interface TicketParts {
  readonly steps: Steps;
  readonly begins: Partial<TicketFields>;
  readonly at: (minutes: number) => string;
  readonly nth: number;
  readonly index: number;
}

/** Each step is applied to what was before it, so that the log adds up. */
function toTicket({ steps, begins, at, nth, index }: TicketParts): Omit<TicketFacts, 'key'> {
  let now: TicketFields = {
    ...{ status: 'Requested', secrets: '', actions: [], windowStart: null, windowEnd: null },
    ...begins,
  };
  const changes = steps.flatMap(([minutes, author, part]) => {
    const before = now;
    now = { ...now, ...part };
    return (Object.keys(part) as (keyof TicketFields)[]).map((field) => ({
      ...{ at: at(minutes), author, field, from: before[field], to: now[field] },
    }));
  });
  const issueId = String(nth * 1_000 + index + 5_000_000);
  return { issueId, createdAt: at(-60), requester: 'dev', fields: now, changes };
}

/** Steps later than those that the ticket has. */
export function withSteps(
  ticket: TicketFacts,
  atIso: string,
  author: string,
  part: Partial<TicketFields>,
): TicketFacts {
  const changes = (Object.keys(part) as (keyof TicketFields)[]).map((field) => ({
    ...{ at: atIso, author, field, from: ticket.fields[field], to: part[field] ?? null },
  }));
  return { ...ticket, fields: { ...ticket.fields, ...part }, changes: [...ticket.changes, ...changes] };
}

function toConfig(account: string, rules: Readonly<Record<string, unknown>>): Config {
  const { name: _, digest: __, ...approval } = approvalPolicy;
  const secrets = SecretAudit.parse({
    ...{ site: 'main', account, region, organization: 'o-sandbox00001', table: 'ledger' },
    accounts: [{ id: account }],
    regions: [region],
    finding: { question: 'question', approval: 'afterwards', collectSeconds: 1 },
    ...rules,
  });
  return {
    ...leadsConfig,
    temporal: { ...leadsConfig.temporal, taskQueue: testQueue },
    approvals: {
      question: { ...approval, expiresAfterMinutes: 3 * 24 * 60 },
      afterwards: { ...approval, exclude: ['changer'], expiresAfterMinutes: 7 * 24 * 60 },
    },
    processes: { ...leadsConfig.processes, secrets },
  } as unknown as Config;
}
