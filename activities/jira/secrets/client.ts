import { isSameSecret, readLines } from '../../../workflows/secret-audit/arn.ts';
import { secretsEverNamed } from '../../../workflows/secret-audit/ticket-at.ts';
import type {
  SecretEvent,
  SecretPolicy,
  TicketChange,
  TicketFacts,
} from '../../../workflows/secret-audit/messages.ts';
import { failureType } from '../../../workflows/shared/failures.ts';
import { getIssue, searchAndReconsileIssuesUsingJqlPost } from '../api.ts';
import type { Change } from '../schema.ts';
import { findFields, once, type OpenAccess } from '../site.ts';
import { quoteJql, readChanges, type PersonOf } from '../tickets.ts';
import type { SecretTicketsPort } from './port.ts';
import { createTicketRegister } from './register.ts';
import { SecretIssue, SecretPage } from './schema.ts';
import { toTicketFacts, type SecretFields } from './ticket-facts.ts';
import { changerOf, namedTicketOf, ownersOf, type WhoRules } from './who.ts';

export interface SecretTicketsOptions {
  readonly access: OpenAccess;
  /** Exact name of the issue type. */
  readonly issueType: string;
  /** Exact names of the fields. */
  readonly fields: Readonly<Record<'secrets' | 'actions' | 'windowStart' | 'windowEnd', string>>;
  readonly home: SecretPolicy['home'];
  readonly lookBackDays: number;
  readonly who: WhoRules;
  readonly personOf: PersonOf;
  /** Keeps what was read afresh. Safe to repeat. */
  readonly record: (ticket: TicketFacts) => Promise<void>;
  /** ms since 1970 */
  readonly now: () => number;
}

/** What was read within a minute is new enough for a first look. */
const keptMs = 60_000;
/** For one that asks anew: a burst asks at once. */
const freshMs = 5_000;
/** A session may name anything. */
const mostAbsent = 1_000;
const mostSecrets = 1_000;
/** The newest: a secret whose approvals are more than these has too many that still stand. */
const mostTickets = 100;

/** Tickets that approve changes of secrets. Only reads: repeated freely, with the limits of http.ts and the site's own rate. */
export function createSecretTickets(options: SecretTicketsOptions): SecretTicketsPort {
  const { access, who, now, home, lookBackDays } = options;
  const fields = once(() => findSecretFields(options));
  const absent = new Map<string, number>();
  const register = createTicketRegister({ home, lookBackDays, now, search });

  async function search(minutes: number): Promise<readonly TicketFacts[]> {
    const found: TicketFacts[] = [];
    const jql = `${scopeOf(options)} AND updated >= "-${minutes}m" ORDER BY created ASC, key ASC`;
    let nextPageToken: string | undefined;
    do {
      const page = await searchPage(options, { jql, fields: await fields(), nextPageToken });
      for (const issue of page.issues) found.push(await toFacts(issue));
      nextPageToken = page.nextPageToken ?? undefined;
    } while (nextPageToken !== undefined);
    return found;
  }

  async function toFacts(issue: SecretIssue): Promise<TicketFacts> {
    return toTicketFacts(issue, await changesOf(access, issue), await fields(), options.personOf);
  }

  async function read(issueId: string): Promise<TicketFacts | null> {
    const wanted = fieldsOf(await fields());
    try {
      const issue = await access.call(`read issue ${issueId}`, async () =>
        SecretIssue.parse(
          await getIssue(access.client, { issueIdOrKey: issueId, fields: wanted, expand: 'changelog' }),
        ),
      );
      const { project, issuetype } = issue.fields;
      if (project.key !== who.project || issuetype.name !== options.issueType) return forget(issue.id);
      const ticket = await toFacts(issue);
      register.put(ticket);
      return ticket;
    } catch (error) {
      if (failureType(error) === 'NotFound') return forget(issueId);
      throw error;
    }
  }

  /** Older than what is looked at, or not there: asked for once a minute. */
  async function readNamed(key: string): Promise<TicketFacts | null> {
    const known = register.byKey(key);
    if (known) return known;
    if ((absent.get(key) ?? -Infinity) > now() - keptMs) return null;
    const found = await read(key);
    if (!found && absent.size < mostAbsent) absent.set(key, now());
    return found;
  }

  function forget(issueId: string): null {
    register.drop(issueId);
    return null;
  }

  return {
    async findSecretTickets({ event, fresh = false }) {
      await register.refresh(now() - (fresh ? freshMs : keptMs));
      const namedTicket = namedTicketOf(event.actor, who);
      const naming = event.secret ? register.naming(event.secret) : [];
      const isNamed = namedTicket !== null && !naming.some(({ key }) => key === namedTicket);
      const named = isNamed ? await readNamed(namedTicket) : null;
      return {
        tickets: (named ? [...naming, named] : naming)
          .slice(-mostTickets)
          .map((ticket) => narrow(ticket, event, home)),
        ...{ namedTicket, changer: changerOf(event.actor, who), owners: ownersOf(event, who) },
      };
    },
    async recordSecretTicket({ issueId }) {
      const ticket = await read(issueId);
      if (!ticket) return null;
      await options.record(ticket);
      return {
        ...{ issueId: ticket.issueId, key: ticket.key },
        secrets: secretsEverNamed(ticket, home).slice(0, mostSecrets),
      };
    },
  };
}

/** What is not about this secret stays here. */
function narrow(ticket: TicketFacts, { secret }: SecretEvent, home: SecretPolicy['home']): TicketFacts {
  const keep = (text: string) =>
    text
      .split('\n')
      .filter(
        (line) => secret !== null && readLines(line, home).secrets.some((one) => isSameSecret(one, secret)),
      )
      .join('\n');
  const keepIn = (value: TicketChange['from']) => (typeof value === 'string' ? keep(value) : value);
  return {
    ...ticket,
    fields: { ...ticket.fields, secrets: keep(ticket.fields.secrets) },
    changes: ticket.changes.map((change) =>
      change.field === 'secrets' ? { ...change, from: keepIn(change.from), to: keepIn(change.to) } : change,
    ),
  };
}

async function findSecretFields({ access, fields }: SecretTicketsOptions): Promise<SecretFields> {
  const names = [fields.secrets, fields.actions, fields.windowStart, fields.windowEnd];
  const [secrets = '', actions = '', windowStart = '', windowEnd = ''] = await findFields(
    access,
    names,
    'processes.secrets.fields',
  );
  return {
    status: { id: 'status', name: 'status' },
    secrets: { id: secrets, name: fields.secrets },
    actions: { id: actions, name: fields.actions },
    windowStart: { id: windowStart, name: fields.windowStart },
    windowEnd: { id: windowEnd, name: fields.windowEnd },
  };
}

function scopeOf({ who, issueType }: SecretTicketsOptions): string {
  return `project = ${quoteJql(who.project)} AND issuetype = ${quoteJql(issueType)}`;
}

function fieldsOf(fields: SecretFields): string[] {
  const own = Object.values(fields).map(({ id }) => id);
  return ['project', 'issuetype', 'creator', 'created', 'updated', ...own];
}

function searchPage(
  { access }: SecretTicketsOptions,
  asked: { readonly jql: string; readonly fields: SecretFields; readonly nextPageToken: string | undefined },
) {
  const { jql, fields, nextPageToken } = asked;
  return access.call('search tickets of secrets', async () =>
    SecretPage.parse(
      await searchAndReconsileIssuesUsingJqlPost(access.client, {
        ...{ jql, fields: fieldsOf(fields), expand: 'changelog', maxResults: 100 },
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      }),
    ),
  );
}

/** Jira shows the newest entries beside an issue; a longer log has to be read whole. */
async function changesOf(access: OpenAccess, { id, changelog }: SecretIssue): Promise<readonly Change[]> {
  const isWhole = changelog?.total !== undefined && changelog.histories.length >= changelog.total;
  return isWhole ? changelog.histories : readChanges(access, id);
}
