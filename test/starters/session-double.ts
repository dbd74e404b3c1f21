import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Config } from '../../config/parse-config.ts';
import { createOutput } from '../../starters/cli/output.ts';
import type { Session } from '../../starters/cli/session.ts';
import type { RequestView } from '../../workflows/approval/messages.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import { configOf } from '../config/example-config.ts';
import { decisionsYaml } from './decision-world.ts';

type Queries = Readonly<Record<string, (argument: unknown) => unknown>>;
type Attributes = Readonly<Partial<Record<keyof typeof attributes, string | Date>>>;

export interface ListedRun {
  readonly workflowId: string;
  readonly type?: string;
  readonly attributes?: Attributes;
}

export interface SessionDouble {
  readonly session: Session;
  readonly printed: string[];
  /** The visibility queries that were asked. */
  readonly asked: string[];
  readonly signalled: { readonly workflowId: string; readonly name: string; readonly payload: unknown }[];
}

/**
 * A session whose Temporal answers these queries by workflow id and lists these runs.
 * @param options.url where gateway and vendors are; with it the configuration is a sandbox's
 */
export function createSessionDouble(
  options: {
    workflows?: Readonly<Record<string, Queries>>;
    listed?: readonly ListedRun[];
    url?: string;
    json?: boolean;
    changes?: Record<string, unknown>;
    env?: Record<string, string>;
  } = {},
): SessionDouble {
  const { workflows = {}, listed = [], json = false } = options;
  const printed: string[] = [];
  const asked: string[] = [];
  const signalled: SessionDouble['signalled'] = [];
  const missing = (id: string) => new WorkflowNotFoundError('workflow not found', id, undefined);
  const getHandle = (workflowId: string) => ({
    async query({ name }: { name: string }, argument: unknown) {
      const queries = workflows[workflowId];
      if (!queries) throw missing(workflowId);
      const answer = queries[name];
      if (!answer) throw new Error('no worker answers');
      return answer(argument);
    },
    async signal(name: string, payload: unknown) {
      if (!workflows[workflowId]) throw missing(workflowId);
      signalled.push({ workflowId, name, payload });
    },
  });
  async function* list({ query }: { query: string }) {
    asked.push(query);
    for (const { workflowId, type = 'agentPromotion', attributes: known = {} } of listed)
      yield { workflowId, type, runId: 'run-1', typedSearchAttributes: { get: readFrom(known) } };
  }
  const client = {
    workflow: { getHandle, list },
    withDeadline: (_deadline: number, run: () => unknown) => run(),
  } as unknown as Client;
  const temporal = { client, probe: async () => undefined } as unknown as Session['temporal'];
  const output = createOutput(json, (text) => printed.push(text));
  return { session: { config: toConfig(options), temporal, output }, printed, asked, signalled };
}

function readFrom(known: Attributes) {
  return ({ name }: { name: string }) =>
    Object.entries(attributes).flatMap(([key, attribute]) =>
      attribute.name === name ? [known[key as keyof Attributes]] : [],
    )[0];
}

function toConfig(options: {
  url?: string;
  changes?: Record<string, unknown>;
  env?: Record<string, string>;
}): Config {
  const { url, changes = {}, env = {} } = options;
  const own = { LOCKKEEPER_JIRA_EMAIL: 'dana@example.com', LOCKKEEPER_JIRA_API_TOKEN: 'canary-token' };
  if (url === undefined) return configOf(decisionsYaml(changes), { ...own, ...env });
  const places = {
    ...{ 'temporal.uiUrl': url, 'jira.sites.0.baseUrl': url, 'gitlab.baseUrl': url },
    decisions: { gatewayUrl: url, publicKeys: 'keys.json' },
  };
  return configOf(decisionsYaml({ ...places, ...changes }), {
    ...{ LOCKKEEPER_SANDBOX: '1', LOCKKEEPER_AWS_ENDPOINT: url, LOCKKEEPER_SLACK_API_URL: url },
    ...own,
    ...env,
  });
}

export function requestView(change: Partial<RequestView> = {}): RequestView {
  return {
    requestId: '3f2a9c10-0000-4000-8000-000000000001',
    workflowId: 'agent-promotion:main:10077',
    key: 'agent-promotion:main:10077/0/production',
    runLink: 'https://temporal.example.com/run',
    evidence: {
      kind: 'agent-promotion',
      title: 'Promote agent 1.4.2 to prod-a (DEVOPS-77)',
      subject: { runId: 'run-1' },
      facts: [{ label: 'SHA-256', value: 'abc' }],
      links: [{ label: 'Pipeline', href: 'https://gitlab.example.com/1' }],
      requester: 'sam',
      authors: [],
      changers: [],
    },
    evidenceDigest: 'd'.repeat(64),
    policy: {
      ...{ name: 'production', version: 3, digest: 'e'.repeat(64) },
      ...{ quorum: [{ group: 'devops', count: 1 }], exclude: ['requester'], risk: 'normal' },
      ...{ channel: 'devops', buttons: true, reminders: [], workingHours: null, expiresAfterMinutes: 60 },
      override: null,
    },
    state: 'open',
    overridden: false,
    openedAt: '2026-11-04T09:00:00.000Z',
    deadline: '2026-11-05T09:00:00.000Z',
    decisions: [],
    missing: [{ group: 'devops', count: 1 }],
    refusals: 0,
    note: null,
    revocable: 'until wave 1 begins',
    ...change,
  };
}
