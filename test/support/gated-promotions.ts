import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import type { IssueView } from '../../sandbox/drive/jira-person.ts';
import { decisionPerson } from '../../sandbox/drive/decision-person.ts';
import { slackPerson, type SlackMessageView } from '../../sandbox/drive/slack-person.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import {
  decisions,
  requests,
  type DecisionRecord,
  type RequestView,
} from '../../workflows/approval/messages.ts';
import { agentPromotionId } from '../../workflows/shared/names.ts';
import type { E2e } from './e2e-stack.ts';
import { readProductionWrites } from './decision-attacks.ts';

export interface Ticket {
  readonly id: string;
  readonly key: string;
  readonly version: string;
}

const production = ['prod-a', 'prod-b', 'prod-c'] as const;

/** Ways to drive promotions of the project GATED, which people have to approve, and to look at what became of them. */
export function gatedPromotions(e2e: E2e) {
  const run = ({ id }: Pick<Ticket, 'id'>) => e2e.temporal.workflow.getHandle(agentPromotionId('gated', id));
  const refused = (handle: WorkflowHandle) => ofState(handle, 'refused');

  return {
    run,
    refused,
    slack: (name: string) => slackPerson(e2e.endpoints, name),
    cli: (name: string) => decisionPerson(e2e.endpoints, name),

    async file(version: string, as = 'sam'): Promise<Ticket> {
      await e2e.aws.uploadInstaller(version);
      const filed = await e2e.person(as).fileRequest(version, undefined, { project: 'GATED' });
      return { version, ...filed };
    },
    /** @returns the newest request of its newest run, as soon as people were asked */
    asked: (ticket: Ticket): Promise<RequestView> =>
      waitUntil(`${ticket.key} to ask people`, 60_000, async () => {
        const views = await run(ticket)
          .query(requests)
          .catch(() => []);
        const view = views.at(-1);
        return view?.state === 'open' && view.deadline !== null ? view : undefined;
      }),
    /** @returns the last of them, as soon as all are there */
    recorded: (
      handle: WorkflowHandle,
      what: string,
      is: (record: DecisionRecord) => boolean,
      ms = 20_000,
    ): Promise<DecisionRecord> =>
      waitUntil(`the record of ${what}`, ms, async () => (await handle.query(decisions)).findLast(is)),
    message: ({ key }: Ticket): Promise<SlackMessageView> =>
      waitUntil(`the request of ${key} in Slack`, 60_000, async () =>
        (await slackPerson(e2e.endpoints, 'dana').messages()).find(
          ({ text, ephemeral_to: only, direct_to: to, thread_ts: thread }) =>
            text.includes(`(${key})`) && only === undefined && to === undefined && thread === undefined,
        ),
      ),
    allMessages: () => e2e.control.slack.post<SlackMessageView[]>('messages'),
    ended: (ticket: Ticket, ms = 90_000): Promise<IssueView> =>
      e2e.until(ticket.key, ({ status }) => ['Done', 'Failed', 'Info Needed'].includes(status), ms),
    /** A mark to compare with later: everything that was ever written to production. */
    writes: async () => (await readProductionWrites(e2e.control.aws)).length,
    async notPublished({ version }: Pick<Ticket, 'version'>, writesBefore: number) {
      for (const account of production) {
        const manifest = await e2e.aws.readManifest(account);
        assert.ok(
          !manifest?.history.some((entry) => entry.version === version),
          `${account} names ${version}`,
        );
        assert.equal(await e2e.aws.readInstaller(account, version), undefined, `${account} has ${version}`);
      }
      assert.equal((await readProductionWrites(e2e.control.aws)).length, writesBefore);
    },
  };
}

export type GatedPromotions = ReturnType<typeof gatedPromotions>;

async function ofState(handle: WorkflowHandle, state: DecisionRecord['state']) {
  return (await handle.query(decisions)).filter((record) => record.state === state);
}
