import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { oneLine, toSlackDate } from '../../activities/slack/request-words.ts';
import { requests, type RequestView } from '../../workflows/approval/messages.ts';
import { freezeId } from '../../workflows/shared/names.ts';
import type { Decide } from './decide.ts';

export interface HoldContext {
  readonly decide: Decide;
  readonly client: Pick<Client, 'workflow' | 'withDeadline'>;
  /** `<name>@<version>` of the approval that lifts holds; undefined: no freeze is configured. */
  readonly policy: string | undefined;
  readonly now: () => number;
}

interface Said {
  /** Name of the person. */
  readonly principal: string;
  readonly sourceEventId: string;
}

const notConfigured = 'No freeze is configured here (freeze: in lockkeeper.yaml).';
const queryWithinMs = 5_000;

/** Sets a hold. Its id comes from the event: a repeat of the same command sets the same hold. @returns what to answer */
export async function freezeFor(
  { forMs, reason, ...said }: Said & { readonly forMs: number; readonly reason: string },
  { decide, policy, now }: HoldContext,
): Promise<string> {
  if (policy === undefined) return notConfigured;
  const until = new Date(now() + forMs).toISOString();
  const problem = await decide({
    ...said,
    workflowId: freezeId,
    requestId: uuidOf(said.sourceEventId),
    // Nobody was shown anything: the digest is over what was said.
    evidenceDigest: sha256(JSON.stringify([reason, until])),
    policy,
    verb: 'hold',
    reason,
    until,
  });
  return (
    problem ??
    `Sent: a hold until ${toSlackDate(until)}. Its request appears in the channel, with a button that lifts it.`
  );
}

/** Approves the request that lifts a hold. @param words the id of the hold if there are several, and the reason */
export async function thaw(
  { words, ...said }: Said & { readonly words: readonly string[] },
  { decide, client, policy }: HoldContext,
): Promise<string> {
  if (policy === undefined) return notConfigured;
  const open = await readHolds(client);
  if (!open)
    return 'The holds cannot be read at the moment: no worker answers. Use the button in the channel, or try again.';
  const [first = '', ...rest] = words;
  const named = open.filter((view) => isNamed(view, first));
  const [hold, second] = named.length > 0 ? named : open;
  const reason = (named.length > 0 ? rest : words).join(' ');
  if (!hold) return 'Nothing is held.';
  if (second) return ['Several holds stand. Which one?', ...open.map(describe)].join('\n');
  if (reason === '') return 'thaw needs a reason.';
  const { requestId, evidenceDigest, policy: rules } = hold;
  const problem = await decide({
    ...said,
    workflowId: freezeId,
    requestId,
    evidenceDigest,
    policy: `${rules.name}@${rules.version}`,
    verb: 'approve',
    reason,
  });
  return (
    problem ?? `Sent: ${oneLine(hold.evidence.title)} Its message in the channel shows what becomes of it.`
  );
}

/** @returns the open requests that lift a hold; undefined when no worker answers */
async function readHolds(client: HoldContext['client']): Promise<readonly RequestView[] | undefined> {
  const handle = client.workflow.getHandle(freezeId);
  const all = await client
    .withDeadline(Date.now() + queryWithinMs, () => handle.query(requests))
    .catch(() => undefined);
  return all?.filter(
    ({ state, evidence }) =>
      evidence.kind === 'freeze-hold' && (state === 'open' || state === 'info-requested'),
  );
}

/** By the first characters of its id or of its request's. */
function isNamed({ requestId, evidence }: RequestView, word: string): boolean {
  const holdId = evidence.subject['holdId'];
  return (
    word.length >= 6 &&
    (requestId.startsWith(word) || (typeof holdId === 'string' && holdId.startsWith(word)))
  );
}

function describe({ requestId, evidence }: RequestView): string {
  const facts = evidence.facts.map(({ label, value }) => `${oneLine(label)}: ${oneLine(value)}`).join(', ');
  return `• \`${requestId.slice(0, 8)}\` ${oneLine(evidence.title)} ${facts}`;
}

function uuidOf(text: string): string {
  const hex = sha256(text);
  // Version 8: made by a rule of our own (RFC 9562).
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
