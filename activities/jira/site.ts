import { createClient, type Client } from 'jira.js/core';
import { getCurrentUser, getFields } from './api.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { createCaller, type OutsideCaller } from '../outside-call.ts';
import { createRateLimit, type RateLimit } from '../rate-limit.ts';
import type { PromotionStatus } from './port.ts';
import { FieldList, Myself } from './schema.ts';
import { createSiteFiles, type SiteFiles } from './site-files.ts';

/** What any call to a site needs: where it is and whose credential is used. */
export interface SiteAccess {
  /** Name of the site in the configuration. */
  readonly name: string;
  /** Such as `https://acme.atlassian.net`. */
  readonly baseUrl: string;
  readonly email: string;
  readonly apiToken: string;
  /** Account id of the credential's user; looked up once when it is not given. */
  readonly botAccountId?: string;
  /** Jira's own limit is 100 a second for most reads (contracts §3.1); divided by the number of workers. Default 20. */
  readonly callsPerSecond?: number;
  /** Shared by all clients of one credential; left out: a bucket of its own. */
  readonly limit?: RateLimit;
  /** `throw` makes jira.js judge every answer: for tests. Live sites differ in fields that we do not read. */
  readonly onSchemaMismatch?: 'silent' | 'throw';
}

/** One Jira site as the configuration names it. */
export interface JiraSite extends SiteAccess {
  /** Project key. */
  readonly project: string;
  /** Name of the issue type, exactly. */
  readonly issueType: string;
  /** Name of the Agent-Version field, exactly; its id is looked up once. */
  readonly agentVersionField: string;
  /** The site's own name of each status, exactly, or its id. */
  readonly statuses: Readonly<Record<PromotionStatus, string>>;
  /** Change tickets: a person's move into one of these is an answer to a change's question. Left out: comments alone are. */
  readonly changeStatuses?: { readonly approved: string; readonly declined: string };
}

/** A site's client, its rate and whose account it is. */
export interface OpenAccess {
  readonly client: Client;
  readonly call: OutsideCaller;
  botAccountId(): Promise<string>;
  /** Of bytes, which jira.js would collect whole. */
  readonly files: SiteFiles;
}

/** A site of promotions with what is looked up once. */
export interface OpenSite extends OpenAccess {
  readonly site: JiraSite;
  /** @throws NotFound when no field has the configured name, InvalidInput when several have */
  agentVersionFieldId(): Promise<string>;
}

export function openAccess(access: SiteAccess): OpenAccess {
  const client = createClient({
    host: access.baseUrl,
    auth: { type: 'basic', email: access.email, apiToken: access.apiToken },
    onSchemaMismatch: access.onSchemaMismatch ?? 'silent',
  });
  const callsPerSecond = access.callsPerSecond ?? 20;
  const limit = access.limit ?? createRateLimit({ callsPerSecond, burst: callsPerSecond });
  const call = createCaller('jira', limit);
  return {
    client,
    call,
    files: createSiteFiles(access),
    botAccountId: once(async () => access.botAccountId ?? (await findBot(client, call))),
  };
}

export function openSite(site: JiraSite): OpenSite {
  const access = openAccess(site);
  const find = () => findFields(access, [site.agentVersionField], 'jira.sites[].fields.agentVersion');
  return { ...access, site, agentVersionFieldId: once(async () => (await find())[0] ?? '') };
}

async function findBot(client: Client, call: OutsideCaller): Promise<string> {
  return call('read own account', async () => Myself.parse(await getCurrentUser(client)).accountId);
}

/**
 * @param isWanted the fields among which the names are looked for
 * @param setting where the configuration names them
 * @returns their ids, in the order of the names
 * @throws NotFound when no field has such a name, InvalidInput when several have
 */
export async function findFields(
  { client, call }: Pick<OpenAccess, 'client' | 'call'>,
  names: readonly string[],
  setting: string,
  isWanted: (field: { readonly id: string }) => boolean = () => true,
): Promise<string[]> {
  const all = await call('list fields', async () => FieldList.parse(await getFields(client)));
  const fields = all.filter(isWanted);
  return names.map((name) => {
    const named = fields.filter((field) => field.name === name);
    const [only] = named;
    if (only && named.length === 1) return only.id;
    const found = only ? named.map(({ id }) => id).join(', ') : 'none';
    throw createFailure(
      only ? 'InvalidInput' : 'NotFound',
      `jira: find field ${name}: ${named.length} fields have this name; name exactly one in ${setting}`,
      { details: { system: 'jira', action: `find field ${name}`, expected: 'one field', found } },
    );
  });
}

/** Keeps an answer, not a failure: what failed is asked again. */
export function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => {
    found ??= find().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}
