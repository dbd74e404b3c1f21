import type {
  Actor,
  SecretEvent,
  SecretPolicy,
  TicketChange,
  TicketFacts,
  TicketFields,
} from '../../../workflows/secret-audit/messages.ts';

export const account = '123456789012';
export const region = 'us-east-1';
export const arnOf = (name: string) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;
export const fullArn = arnOf('prod/db-a1b2c3');

/** The change happens at twelve; times are given in minutes from then. */
export const noonMs = Date.parse('2026-11-04T12:00:00Z');
export const at = (minutes: number) => new Date(noonMs + minutes * 60_000).toISOString();

export const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
export const actor: Actor = {
  ...{ type: 'AssumedRole', arn: `arn:aws:sts::${account}:assumed-role/admin/mia`, accountId: account },
  ...{ roleArn: role('admin'), sessionName: 'mia', userName: null, invokedBy: null, sourceIdentity: null },
};

export function eventOf(part: Partial<SecretEvent> = {}): SecretEvent {
  return {
    ...{ eventId: '12345678-1234-1234-1234-123456789012', kind: 'call', eventName: 'PutSecretValue' },
    ...{ action: 'value', account, region, versionId: null, actor, errorCode: null, sourceIp: null },
    eventTime: at(0).replace('.000', ''),
    secret: { arn: fullArn, isComplete: true, account, region },
    ...{ userAgent: null, details: {} },
    ...part,
  };
}

export const policy: SecretPolicy = {
  ...{ name: 'secrets', version: 1, digest: 'd', approvedStatuses: ['Approved'], home: null },
  ...{ outOfScope: [], accounts: [], rotationRoles: [role('rotate-*')], pipelineRoles: [role('ci')] },
  ...{ breakGlassRoles: [role('break-glass')], singleUse: true, requireKnownActor: true },
  ...{ graceMinutes: 60, graceDays: 14 },
};

const fields: TicketFields = {
  ...{ status: 'Requested', secrets: fullArn, actions: [], windowStart: null, windowEnd: null },
};

/** Made an hour before the change; each step is applied to what was before it, so that the log adds up. */
export function ticketOf(
  steps: readonly (readonly [minutes: number, author: string | null, part: Partial<TicketFields>])[],
  own: { key?: string; issueId?: string; createdAt?: string; begins?: Partial<TicketFields> } = {},
): TicketFacts {
  const { key = 'SECCHG-1', issueId = '1', createdAt = at(-60), begins = {} } = own;
  let now: TicketFields = { ...fields, ...begins };
  const changes = steps.flatMap(([minutes, author, part]) => {
    const before = now;
    now = { ...now, ...part };
    return (Object.keys(part) as (keyof TicketFields)[]).map((field): TicketChange => {
      const [from, to] = [before[field], now[field]];
      return { at: at(minutes), author, field, from, to };
    });
  });
  return { issueId, key, createdAt, requester: 'dev', fields: now, changes };
}

export const approved = (minutes: number, by: string | null = 'sue') =>
  [minutes, by, { status: 'Approved' }] as const;
