import { startSecretChange } from '../../activities/temporal/start-secrets.ts';
import type { TemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import type { Config } from '../../config/parse-config.ts';
import { secretAuditOf } from '../../config/secret-policy.ts';
import type { SecretEvent } from '../../workflows/secret-audit/messages.ts';
import { readSecretEvent } from '../../workflows/secret-audit/read-event.ts';
import { text } from '../../workflows/shared/guards.ts';
import type { QueueMessage, QueueOutcome } from './consume-queue.ts';
import { toDeadLetter } from './dead-letter.ts';
import { openEnvelopes, type OpenedEnvelope } from './event-envelopes.ts';

export interface SecretEventOptions {
  readonly config: Config;
  readonly temporal: Pick<TemporalStarter, 'start'>;
  /** Puts a body without values into the dead-letter queue; undefined: SQS moves the message as it came. */
  readonly putAside: ((body: string) => Promise<void>) | undefined;
}

type Read =
  | { readonly kind: 'change'; readonly event: SecretEvent }
  | { readonly kind: 'ignored' | 'malformed' | 'foreign'; readonly why: string };

/**
 * Events of Secrets Manager to a run each. What of a body can be read is handed over even where the rest cannot; of the rest no value
 * goes anywhere, neither on nor into a log.
 */
export function handleSecretEvents(options: SecretEventOptions) {
  const accounts = new Set(secretAuditOf(options.config).accounts.map(({ id }) => id));
  return async (message: QueueMessage): Promise<QueueOutcome> => {
    const read = openEnvelopes(message.body).map((one) => readOne(one, accounts));
    const changes = read.flatMap((one) => (one.kind === 'change' ? [one.event] : []));
    // an event of several deliveries in one body is one
    const events = [...new Map(changes.map((event) => [event.eventId, event])).values()];
    const { config, temporal } = options;
    await Promise.all(
      events.map((event) => startSecretChange(temporal, config, { event, foundBy: 'event' })),
    );
    const fault =
      read.find(({ kind }) => kind === 'malformed') ?? read.find(({ kind }) => kind === 'foreign');
    if (fault && fault.kind !== 'change') return refuse(message, { kind: fault.kind, read }, options);
    if (events.length > 0) return { kind: 'accepted', result: 'told' };
    const [reason = ''] = read.flatMap((one) => (one.kind === 'ignored' ? [one.why] : []));
    return { kind: 'accepted', result: 'ignored', reason };
  };
}

/** The account of the envelope is where the bus got it from, the event's is what it says of itself. */
function readOne(opened: OpenedEnvelope, accounts: ReadonlySet<string>): Read {
  if (opened.kind === 'malformed') return { kind: 'malformed', why: opened.reason };
  const read = readSecretEvent(opened.value);
  if (read.kind !== 'change') return read;
  const sender = text(opened.value, 'account') ?? read.event.account;
  if (accounts.has(read.event.account) && accounts.has(sender)) return read;
  return { kind: 'foreign', why: 'its account is not under processes.secrets.accounts' };
}

async function refuse(
  { id, body }: QueueMessage,
  { kind, read }: { readonly kind: 'malformed' | 'foreign' | 'ignored'; readonly read: readonly Read[] },
  { putAside }: SecretEventOptions,
): Promise<QueueOutcome> {
  const faults = read.flatMap((one) => (one.kind === 'malformed' || one.kind === 'foreign' ? [one.why] : []));
  const reason = [...new Set(faults)].slice(0, 3).join('; ');
  if (!putAside) return { kind: 'refused', result: kind, reason };
  await putAside(toDeadLetter(body, { messageId: id, reason }));
  return { kind: 'accepted', result: kind, reason: `put aside without values: ${reason}` };
}
