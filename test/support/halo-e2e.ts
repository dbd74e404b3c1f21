import assert from 'node:assert/strict';
import { haloPerson } from '../../sandbox/drive/halo-person.ts';
import type { SeedInput } from '../../sandbox/halo/seed.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { findings, type PassKind, type PassReport } from '../../workflows/halo-sync/messages.ts';
import { haloSyncId } from '../../workflows/shared/names.ts';
import { runCli, type Ended } from './command-line.ts';
import type { E2e } from './e2e-stack.ts';

const idField = 'customfield_10080';

export interface FindingTicketView {
  readonly key: string;
  readonly findingId: string;
  readonly summary: string;
  readonly status: string;
  /** ADF as JSON. */
  readonly description: string;
  readonly comments: readonly string[];
}

interface RawTicket {
  readonly key: string;
  readonly fields: {
    readonly summary: string;
    readonly status: { readonly name: string };
    readonly description: unknown;
    readonly comment: { readonly comments: readonly { readonly body: unknown }[] };
    readonly [idField]: string;
  };
}

/** What differs from 0. */
export const some = ({ counts }: PassReport) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

/** Ways to bring findings to Halo, to have them synced as operators do, and to look at what became of them. */
export function haloSync(e2e: E2e) {
  const { endpoints, stack } = e2e;
  const halo = haloPerson(endpoints);
  const { jira } = e2e.control;
  const handle = e2e.temporal.workflow.getHandle(haloSyncId('halo'));
  const cli = (...args: readonly string[]): Promise<Ended> =>
    runCli(['--config', stack.configFile, 'findings', ...args], stack.env);

  async function json<T>(...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await cli('--json', ...args);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
  }

  async function search(jql: string): Promise<RawTicket[]> {
    const bot = endpoints.people['jira-bot'];
    assert.ok(bot);
    const authorization = `Basic ${Buffer.from(`${bot.email}:${bot.jira.apiToken}`).toString('base64')}`;
    const response = await fetch(`${endpoints.jira}/rest/api/3/search/jql`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({
        jql,
        fields: ['summary', 'status', 'description', 'comment', idField],
        maxResults: 1_000,
      }),
    });
    assert.equal(response.status, 200);
    return ((await response.json()) as { issues: RawTicket[] }).issues;
  }

  return {
    halo,
    jira,
    handle,
    cli,
    json,

    /** A scan that ends now finds them, of all supported types unless others are named. @returns their ids */
    async scan(count: number, own: SeedInput = {}): Promise<readonly string[]> {
      const types = { sva: 1, csm: 1, fim: 1, lids: 1 };
      const { ids, issues } = await halo.seed({ count, seed: count, types, ...own });
      const all = [...ids, ...issues.map(({ id }) => id)];
      // they were seen within the last day, which may be before the watermark
      await halo.touch({ ids: all });
      return all;
    },
    /** Followed by nobody. @returns the id of the request */
    async ask(kind: PassKind, ...flags: readonly string[]): Promise<string> {
      return (await json<{ requestId: string }>(kind, ...flags)).requestId;
    },
    /** @returns the report of the request that `is` meant, as soon as its pass has ended */
    ended: (is: string | ((report: PassReport) => boolean), ms = 40_000): Promise<PassReport> =>
      waitUntil(`the pass ${String(is)} to end`, ms, async () => {
        // a worker that was killed answers no query
        const view = await handle.query(findings).catch(() => undefined);
        const isMeant = typeof is === 'string' ? ({ requestId }: PassReport) => requestId === is : is;
        return view?.reports.find((report) => report.endedAt !== null && isMeant(report));
      }),
    async pass(kind: PassKind, ...flags: readonly string[]): Promise<PassReport> {
      return this.ended(await this.ask(kind, ...flags));
    },
    view: () => handle.query(findings),

    /** From now on Jira's search knows of changes so late. */
    lateIndex: (ms: number) => jira.post('late-index', { ms }),
    /** Tickets of findings, all of them whatever the delay of search. */
    async tickets(jql = '"Halo Issue ID" is not EMPTY'): Promise<FindingTicketView[]> {
      const { ms } = await jira.post<{ ms: number }>('late-index', { ms: 0 });
      assert.equal(ms, 0);
      return (await search(jql)).map(({ key, fields }) => ({
        key,
        findingId: fields[idField],
        summary: fields.summary,
        status: fields.status.name,
        description: JSON.stringify(fields.description),
        comments: fields.comment.comments.map(({ body }) => JSON.stringify(body)),
      }));
    },
    /** Every one of these findings has a ticket, and only one. */
    async assertOnce(ids: readonly string[]): Promise<readonly FindingTicketView[]> {
      const wanted = new Set(ids);
      const tickets = (await this.tickets()).filter(({ findingId }) => wanted.has(findingId));
      const found = tickets.map(({ findingId }) => findingId);
      assert.deepEqual([found.length, new Set(found).size], [ids.length, ids.length]);
      return tickets;
    },
    /** Calls so far that may have changed something in Jira. */
    async writes(): Promise<number> {
      const { byKind } = await jira.calls();
      const writes = Object.entries(byKind).filter(
        ([kind]) => /^(?:POST|PUT|DELETE) /.test(kind) && !/\/search\/|\/bulkfetch/.test(kind),
      );
      return writes.reduce((sum, [, calls]) => sum + calls, 0);
    },

    /** The worker dies as soon as so many calls are held; what was held before it was applied never is. */
    async killHeld(count: number): Promise<void> {
      const held = async () => (await jira.faults()).reduce((sum, { waiting }) => sum + waiting, 0);
      const reach = (wanted: number) =>
        waitUntil(`${wanted} held calls`, 20_000, async () => (await held()) === wanted || undefined);
      await reach(count);
      await stack.worker.kill();
      await reach(0);
      await jira.clearFaults();
    },
  };
}

export type HaloSync = ReturnType<typeof haloSync>;
