import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createFindingsActivities } from '../../activities/findings/activities.ts';
import { createHaloSource } from '../../activities/halo/client.ts';
import { installHttp } from '../../activities/http.ts';
import { createFindingTickets } from '../../activities/jira/findings/client.ts';
import { controlOf } from '../../sandbox/drive/control.ts';
import { haloPerson } from '../../sandbox/drive/halo-person.ts';
import { createHaloVendor } from '../../sandbox/halo/halo-vendor.ts';
import { createJiraVendor } from '../../sandbox/jira/vendor.ts';
import { startFront } from '../../sandbox/shared/front.ts';
import { createPeople } from '../../sandbox/shared/people.ts';
import type {
  FindingPolicy,
  PageInput,
  PageResult,
  RecentCreate,
} from '../../workflows/halo-sync/messages.ts';
import { policyOf } from './finding-fakes.ts';

const token = 'control';
const key = { id: 'halo-auditor', secret: 'secret-of-the-tests' };

interface JiraIssue {
  readonly id: string;
  readonly key: string;
  readonly fields: Readonly<Record<string, unknown>> & {
    readonly summary: string;
    readonly status: { readonly name: string };
  };
}

/** Halo's and Jira's stand-ins, and the page activity with the real adapters between them. */
export async function startFindingVendors() {
  const http = installHttp();
  const people = createPeople();
  const bot = people.find(({ name }) => name === 'jira-bot');
  if (!bot) throw new Error('no jira-bot');
  const halo = await startFront(createHaloVendor({ key }), { token });
  const jira = await startFront(createJiraVendor({ people }), { token });
  const person = haloPerson({ halo: halo.url, control: token });
  const control = controlOf(jira.url, token);
  const authorization = `Basic ${Buffer.from(`${bot.email}:${bot.jira.apiToken}`).toString('base64')}`;

  function open(concurrency = { halo: 2_000, jira: 2_000 }) {
    const { email } = bot ?? { email: '' };
    const apiToken = bot?.jira.apiToken ?? '';
    const access = {
      ...{ name: 'main', baseUrl: jira.url, email, apiToken, callsPerSecond: concurrency.jira },
      onSchemaMismatch: 'throw' as const,
    };
    return createFindingsActivities({
      sources: {
        halo: createHaloSource({
          ...{ baseUrl: halo.url, keyId: key.id, secret: key.secret, api: 'v3' },
          callsPerSecond: concurrency.halo,
        }),
      },
      tickets: { halo: createFindingTickets({ access, source: 'halo', idField: 'Halo Issue ID' }) },
      accountOf: () => undefined,
      now: Date.now,
    });
  }

  type Part = Partial<Omit<PageInput, 'policy'>> & { policy?: Partial<FindingPolicy> };

  /** @param attempt a later one is given what the one before has heartbeaten */
  async function page(own: Part = {}, attempt: { n: number; details?: unknown } = { n: 1 }) {
    const { policy, ...rest } = own;
    const input: PageInput = {
      ...{ kind: 'pass', stage: 'active', since: null, cursor: null, recent: [] as RecentCreate[] },
      ...{ mayCreate: null, flood: null, dropSeenBefore: null, dryRun: false },
      policy: policyOf({ concurrency: 8, pageSize: 1_000, ...policy }),
      ...rest,
    };
    const env = new MockActivityEnvironment(
      { attempt: attempt.n, heartbeatDetails: attempt.details },
      { logger: new DefaultLogger('ERROR') },
    );
    let last: unknown = attempt.details;
    env.on('heartbeat', (details: unknown) => (last = details ?? last));
    try {
      const activities = open();
      const run = (given: PageInput): Promise<PageResult> => activities.syncPage(given);
      const result: PageResult = await env.run<[PageInput], PageResult, typeof run>(run, input);
      return { result, details: last };
    } catch (error) {
      return { error, details: last };
    }
  }

  /** As Temporal repeats it, at most so often. */
  async function untilDone(own: Part = {}, attempts = 10): Promise<PageResult> {
    let details: unknown;
    for (let n = 1; n <= attempts; n += 1) {
      const done = await page(own, { n, details });
      if (done.result) return done.result;
      if (n === attempts) throw done.error;
      details = done.details;
    }
    throw new Error('no attempt');
  }

  async function jiraCall<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${jira.url}/rest/api/3${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  return {
    ...{ person, control, page, untilDone, jiraCall },
    /** All tickets of findings, by Jira itself and not by its late search. */
    async tickets(): Promise<JiraIssue[]> {
      await control.post('late-index', { ms: 0 });
      const jql = '"Halo Issue ID" is not EMPTY ORDER BY created ASC';
      const { issues } = await jiraCall<{ issues: JiraIssue[] }>('POST', '/search/jql', {
        ...{ jql, fields: ['*all'], maxResults: 1_000 },
      });
      return issues;
    },
    async reset() {
      await person.reset();
      await control.post('reset');
    },
    async stop() {
      await Promise.all([halo.stop(), jira.stop()]);
      await http.close();
    },
  };
}

export const idField = 'customfield_10080';
