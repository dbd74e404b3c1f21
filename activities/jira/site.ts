import { createClient, type Client } from 'jira.js/core';
import { getCurrentUser, getFields } from 'jira.js/cloud';
import { createFailure } from '../../workflows/shared/failures.ts';
import { createCaller, type OutsideCaller } from '../outside-call.ts';
import { createRateLimit } from '../rate-limit.ts';
import type { PromotionStatus } from './port.ts';
import { FieldList, Myself } from './schema.ts';

/** One Jira site as the configuration names it. */
export interface JiraSite {
  readonly name: string;
  /** Such as `https://acme.atlassian.net`. */
  readonly baseUrl: string;
  readonly email: string;
  readonly apiToken: string;
  /** Project key. */
  readonly project: string;
  /** Name of the issue type, exactly. */
  readonly issueType: string;
  /** Name of the Agent-Version field, exactly; its id is looked up once. */
  readonly agentVersionField: string;
  /** The site's own name of each status, exactly, or its id. */
  readonly statuses: Readonly<Record<PromotionStatus, string>>;
  /** Account id of the credential's user; looked up once when it is not given. */
  readonly botAccountId?: string;
  /** Jira's own limit is 100 a second for most reads (contracts §3.1); divided by the number of workers. Default 20. */
  readonly callsPerSecond?: number;
  /** `throw` makes jira.js judge every answer: for tests. Live sites differ in fields that we do not read. */
  readonly onSchemaMismatch?: 'silent' | 'throw';
}

/** A site with its client, its rate and what is looked up once. */
export interface OpenSite {
  readonly site: JiraSite;
  readonly client: Client;
  readonly call: OutsideCaller;
  botAccountId(): Promise<string>;
  /** @throws NotFound when no field has the configured name, InvalidInput when several have */
  agentVersionFieldId(): Promise<string>;
}

export function openSite(site: JiraSite): OpenSite {
  const client = createClient({
    host: site.baseUrl,
    auth: { type: 'basic', email: site.email, apiToken: site.apiToken },
    onSchemaMismatch: site.onSchemaMismatch ?? 'silent',
  });
  const callsPerSecond = site.callsPerSecond ?? 20;
  const call = createCaller('jira', createRateLimit({ callsPerSecond, burst: callsPerSecond }));
  return {
    site,
    client,
    call,
    botAccountId: once(async () => site.botAccountId ?? (await findBot(client, call))),
    agentVersionFieldId: once(() => findField(client, call, site.agentVersionField)),
  };
}

async function findBot(client: Client, call: OutsideCaller): Promise<string> {
  return call('read own account', async () => Myself.parse(await getCurrentUser(client)).accountId);
}

async function findField(client: Client, call: OutsideCaller, name: string): Promise<string> {
  const fields = await call('list fields', async () => FieldList.parse(await getFields(client)));
  const named = fields.filter((field) => field.name === name);
  const [only] = named;
  if (only && named.length === 1) return only.id;
  const found = only ? named.map(({ id }) => id).join(', ') : 'none';
  throw createFailure(
    only ? 'InvalidInput' : 'NotFound',
    `jira: find field ${name}: ${named.length} fields have this name; name exactly one in jira.sites[].fields.agentVersion`,
    { details: { system: 'jira', action: `find field ${name}`, expected: 'one field', found } },
  );
}

/** Keeps an answer, not a failure: what failed is asked again. */
function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => {
    found ??= find().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}
