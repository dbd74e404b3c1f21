import { execFile } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { signDecision } from '../../activities/decisions/envelope.ts';
import { createKey } from '../../activities/decisions/key-sets.ts';
import { parsePrivateKeys, type PrivateJwk } from '../../config/signing-keys.ts';
import type { Control } from '../../sandbox/drive/control.ts';
import { cacheDir } from '../../sandbox/shared/cache-dir.ts';
import type { LoggedRequest } from '../../sandbox/shared/logged-request.ts';
import { resolveTemporalCli } from '../../sandbox/temporal/resolve-cli.ts';
import type { DecisionClaims, RefusalRule, RequestView } from '../../workflows/approval/messages.ts';

/** What a member of `devops` would say about this request now. */
function claimsOf(view: RequestView, part: Partial<DecisionClaims> = {}): DecisionClaims {
  const iat = Math.floor(Date.now() / 1000);
  return {
    jti: randomUUID(),
    iat,
    exp: iat + 86_400,
    aud: `default/${view.workflowId}`,
    requestId: view.requestId,
    evidenceDigest: view.evidenceDigest,
    policy: `${view.policy.name}@${view.policy.version}`,
    verb: 'approve',
    principal: 'dana',
    actingFor: null,
    groups: ['devops'],
    via: 'cli',
    sourceEventId: randomUUID(),
    reason: null,
    ...part,
  };
}

/** A key as its process finds it when it starts. @param holder `gateway` or `jira` */
export async function readPrivateKey(runDir: string, holder: 'gateway' | 'jira'): Promise<PrivateJwk> {
  const file = path.join(runDir, `${holder}-keys.private.json`);
  const [key] = parsePrivateKeys(await readFile(file, 'utf8')) ?? [];
  if (!key) throw new Error(`${file} holds no key`);
  return key;
}

export interface Forgery {
  readonly jti: string;
  readonly envelope: string;
  readonly rule: RefusalRule;
}

/**
 * By what it is called. The later ones are signed with the real keys, which nobody but their process has: what a leak of one
 * key alone is worth.
 */
export async function forge(
  view: RequestView,
  keys: { readonly gateway: PrivateJwk; readonly jira: PrivateJwk },
): Promise<Readonly<Record<string, Forgery>>> {
  const { gateway, jira } = keys;
  const { kid } = gateway;
  const seconds = Math.floor(Date.now() / 1000);
  const make = async (
    rule: RefusalRule,
    seal: (claims: DecisionClaims) => string | Promise<string>,
    part: Partial<DecisionClaims> = {},
  ): Promise<Forgery> => {
    const claims = claimsOf(view, part);
    return { jti: claims.jti, envelope: await seal(claims), rule };
  };
  const sealed = (alg: string, claims: DecisionClaims, sign: (input: string) => string) => {
    const input = `${encode({ alg, kid })}.${encode(claims)}`;
    return `${input}.${sign(input)}`;
  };
  const signed = (claims: DecisionClaims) => signDecision(claims, gateway);
  return {
    'no signature': await make('bad-signature', (claims) => sealed('EdDSA', claims, () => '')),
    'alg none': await make('bad-signature', (claims) => sealed('none', claims, () => '')),
    'HS256 keyed with the public key': await make('bad-signature', (claims) =>
      sealed('HS256', claims, (input) =>
        createHmac('sha256', Buffer.from(gateway.x, 'base64url')).update(input).digest('base64url'),
      ),
    ),
    'a foreign key under the real kid': await make('bad-signature', (claims) =>
      signDecision(claims, { ...createKey('gateway', new Date()), kid }),
    ),
    'an edited payload': await make('bad-signature', async (claims) => {
      const [head, , signature] = (await signed({ ...claims, principal: 'eve', groups: [] })).split('.');
      return `${head}.${encode(claims)}.${signature}`;
    }),
    'the key of the Jira queue, speaking for the CLI': await make('key-not-allowed', (claims) =>
      signDecision(claims, jira),
    ),
    'another workflow’s': await make('wrong-workflow', signed, { aud: 'default/agent-promotion:gated:1' }),
    'one of tomorrow': await make('outdated', signed, { iat: seconds + 86_400, exp: seconds + 172_800 }),
    'one whose time is over': await make('outdated', signed, { iat: seconds - 600, exp: seconds - 300 }),
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** What anybody who may read the namespace has: the envelopes that were sent to this run, in order. */
export async function readEnvelopes(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  const signals = (events ?? []).flatMap((event) => event.workflowExecutionSignaledEventAttributes ?? []);
  return signals
    .filter(({ signalName }) => signalName === 'decide')
    .flatMap(({ input }) => decodeFirst<{ envelope: string }>(input?.payloads)?.envelope ?? []);
}

/** … and the inputs of its activities of that name. */
export async function readInputs(handle: WorkflowHandle, activity: string): Promise<unknown[]> {
  const { events } = await handle.fetchHistory();
  const scheduled = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
  return scheduled
    .filter(({ activityType }) => activityType?.name === activity)
    .map(({ input }) => decodeFirst<unknown>(input?.payloads));
}

/** What its timers are for, as the Web UI shows it. */
export async function readTimers(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? [])
    .filter((event) => event.timerStartedEventAttributes)
    .flatMap(({ userMetadata }) =>
      userMetadata?.summary ? (decodeFirst<string>([userMetadata.summary]) ?? []) : [],
    );
}

function decodeFirst<T>(payloads: readonly Payload[] | null | undefined): T | undefined {
  const [first] = payloads ?? [];
  return first && defaultPayloadConverter.fromPayload<T>(first);
}

/** As an operator, or an attacker, resets it: what came before that task stays. @returns the id of the new run */
export async function resetBehind(client: Client, handle: WorkflowHandle, signal: string): Promise<string> {
  const { events = [] } = await handle.fetchHistory();
  const last = (events ?? []).findLastIndex(
    (event) => event.workflowExecutionSignaledEventAttributes?.signalName === signal,
  );
  const task = (events ?? []).slice(last).find((event) => event.workflowTaskCompletedEventAttributes);
  const { runId } = await handle.describe();
  if (last < 0 || !task?.eventId) throw new Error(`${handle.workflowId}: no task after ${signal}`);
  const { runId: next } = await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: handle.workflowId, runId },
    reason: 'a test',
    requestId: randomUUID(),
    workflowTaskFinishEventId: task.eventId,
  });
  return next;
}

/** Every call that changes something in a production bucket, whoever made it. */
export async function readProductionWrites(aws: Control): Promise<LoggedRequest[]> {
  const all = await aws.requests();
  return all.filter(
    ({ method, path: called }) => method !== 'GET' && method !== 'HEAD' && /prod-[abc]-agent/.test(called),
  );
}

/** Runs the real `temporal`, as somebody with access to the namespace would. @returns what it printed */
export async function temporalCli(address: string, ...args: readonly string[]): Promise<string> {
  const { path: cli } = await resolveTemporalCli({ cacheDir: cacheDir(), log: console.warn });
  const { stdout } = await promisify(execFile)(cli, [...args, '--address', address], { timeout: 30_000 });
  return stdout;
}
