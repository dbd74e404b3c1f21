import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { createSlackClient } from '../../../activities/slack/client.ts';
import { createSlackWeb } from '../../../activities/slack/web.ts';
import { controlOf } from '../../../sandbox/drive/control.ts';
import { startFront } from '../../../sandbox/shared/front.ts';
import { createPeople } from '../../../sandbox/shared/people.ts';
import { createSlackVendor } from '../../../sandbox/slack/slack-vendor.ts';
import { waitUntil } from '../../../scripts/wait-until.ts';
import { GatewayRefusal, type SaidDecision } from '../../../starters/decisions/gateway.ts';
import { mountSlack } from '../../../starters/slack/mount.ts';
import { attributes } from '../../../workflows/shared/search-attributes.ts';
import { approvedByDana, policy, viewOf } from '../../activities/slack/request-view.ts';
import { slackConfig } from './slack-world.ts';
import { temporalView } from './temporal-view.ts';

interface Shown {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
  readonly blocks?: readonly object[];
  readonly thread_ts?: string;
  readonly ephemeral_to?: string;
  readonly direct_to?: string;
}
interface Answer {
  readonly status: number;
  readonly ms: number;
}

const signingSecret = '0123456789abcdef0123456789abcdef';
const runs = [{ workflowId: 'w', pairs: [{ key: attributes.waitingOn, value: 'person:devops' }] }];

/** Worker and starters on either side of the sandbox's Slack, over its real protocol. */
async function startBothSides(socketMode: boolean) {
  const people = createPeople();
  const idOf = (name: string) =>
    people.find((person) => person.name === name)?.slack.userId ?? assert.fail(name);
  const app = Fastify();
  const server = http.createServer((request, response) => app.routing(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  const vendor = createSlackVendor({
    people,
    botToken: 'xoxb-canary',
    appToken: 'xapp-canary',
    signingSecret,
    requestUrl,
  });
  const front = await startFront(vendor, { token: 'control' });
  const slackApiUrl = `${front.url}/api/`;
  const named = people.map(({ name, slack }) => ({ name, slack: slack.userId, jira: `a:${name}` }));
  const config = slackConfig(
    {
      people: named.filter(({ name }) => name !== 'eve'),
      'slack.teamId': 'T0SANDBOX',
      'slack.channels': { soc: 'C0SOC', devops: 'C0DEVOPS' },
    },
    socketMode ? { LOCKKEEPER_SLACK_APP_TOKEN: 'xapp-canary' } : {},
  );
  const sent: SaidDecision[] = [];
  const logged: string[] = [];
  const mounted = await mountSlack({
    app,
    config: { ...config, endpoints: { sandbox: true, slack: slackApiUrl } },
    secrets: config.secrets,
    client: temporalView({ runs }).client,
    gateway: {
      async send(said) {
        if (said.principal === 'sid') throw new GatewayRefusal('not-running', 'it has ended');
        sent.push(said);
        return { jti: 'j', principal: said.principal, actingFor: null };
      },
    },
    now: Date.now,
    log: (_level, message) => logged.push(message),
  });
  await app.ready();
  if (socketMode)
    await waitUntil(
      'Socket Mode',
      5_000,
      async () => logged.includes('slack socket mode connected') || undefined,
    );
  const control = controlOf(front.url, 'control');
  const web = createSlackWeb({ token: 'xoxb-canary', slackApiUrl, callsPerSecond: 100 });
  const groups: Readonly<Record<string, readonly string[]>> = { devops: ['dana'], security: ['sue'] };
  const slack = createSlackClient({
    web,
    channels: config.slack.channels,
    people: { slackIdOf: idOf, membersOf: async (group) => groups[group] ?? [], onCall: () => 'dev' },
  });
  return {
    ...{ slack, sent, idOf },
    act: (verb: string, body: object) => control.post<Answer>(verb, body),
    views: (as: string) =>
      control.post<{ id: string; title: { text: string } | null; blocks: object[] }[]>('views', { as }),
    messages: () => control.post<Shown[]>('messages', {}),
    async stop() {
      await mounted.stop();
      await front.stop();
      await app.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

for (const socketMode of [false, true])
  describe(`slack both ways, ${socketMode ? 'in Socket Mode' : 'over HTTP'}`, () => {
    let sides: Awaited<ReturnType<typeof startBothSides>>;
    before(async () => (sides = await startBothSides(socketMode)));
    after(() => sides.stop());

    async function show(changes: Parameters<typeof viewOf>[0] = {}) {
      const { channelId, ts } = await sides.slack.showRequest({
        view: viewOf(changes),
        message: null,
        lookFirst: false,
      });
      sides.sent.length = 0;
      return { channel: channelId, ts };
    }
    const said = (at: number) => {
      const {
        principal,
        verb,
        reason,
        workflowId,
        requestId,
        evidenceDigest,
        policy: rules,
      } = sides.sent[at] ?? assert.fail();
      const { workflowId: w, requestId: r, evidenceDigest: d } = viewOf();
      assert.deepEqual([workflowId, requestId, evidenceDigest, rules], [w, r, d, 'production@3']);
      return [principal, verb, reason];
    };
    const click = (as: string, place: object, actionId: string) =>
      sides.act('click', { as, ...place, actionId });
    const privately = async (as: string) =>
      (await sides.messages()).filter((one) => one.ephemeral_to === sides.idOf(as)).map(({ text }) => text);

    it('brings a click on a posted request to the gateway, well within three seconds', async () => {
      const place = await show();
      const { status, ms } = await click('dana', place, 'lk_approve');
      assert.ok(status === 200 && ms < 3_000, `${status} after ${ms} ms`);
      assert.deepEqual(said(0), ['dana', 'approve', null]);
    });

    it('asks for a reason in a modal, wherever one is needed', async () => {
      for (const [actionId, verb, changes] of [
        ['lk_reject', 'reject', {}],
        ['lk_info', 'request-info', {}],
        ['lk_approve', 'approve', { policy: { ...policy, risk: 'high' } }],
      ] as const) {
        await click('sue', await show(changes), actionId);
        const view = (await sides.views('sue')).at(-1) ?? assert.fail('no modal');
        assert.match(JSON.stringify(view.blocks), /Publish agent 1\.4\.2/);
        await sides.act('submit', { as: 'sue', viewId: view.id, values: { reason: { text: 'because' } } });
        assert.deepEqual(said(0), ['sue', verb, 'because']);
        assert.deepEqual(await sides.views('sue'), []);
      }
    });

    it('tells who is refused, and nobody else', async () => {
      const place = await show();
      await click('eve', place, 'lk_approve');
      await click('sid', place, 'lk_approve');
      assert.match((await privately('eve')).join(), /Refused \(unmapped\)/);
      assert.match((await privately('sid')).join(), /Refused \(not-running\): it has ended/);
      assert.deepEqual(sides.sent, []);
    });

    it('updates the message in place; the end has no buttons', async () => {
      const place = await show();
      const message = { channelId: place.channel, ts: place.ts };
      const shown = async (changes: Parameters<typeof viewOf>[0]) => {
        assert.deepEqual(await sides.slack.showRequest({ view: viewOf(changes), message }), message);
        const found = (await sides.messages()).find(({ ts }) => ts === place.ts);
        return JSON.stringify(found?.blocks);
      };
      const half = await shown({ decisions: [approvedByDana], missing: [{ group: 'security', count: 1 }] });
      assert.match(half, /dana[^]*Still missing: 1 of security[^]*lk_approve[^]*lk_revoke/);
      const end = await shown({ state: 'rejected', decisions: [], note: 'by sue' });
      assert.match(end, /Rejected/);
      assert.doesNotMatch(end, /lk_/);
    });

    it('reminds in the thread, directly and who is on call, once each', async () => {
      const { channel, ts } = await show();
      const message = { channelId: channel, ts };
      for (const to of ['thread', 'dm', 'on-call'] as const)
        for (const lookFirst of [false, true])
          await sides.slack.remind({
            key: `k/${ts}/${to}`,
            view: viewOf(),
            message,
            to,
            missed: 0,
            lookFirst,
          });
      const messages = await sides.messages();
      assert.equal(messages.filter((one) => one.thread_ts === ts && one.ts !== ts).length, 1);
      const told = (name: string) =>
        messages.filter(
          ({ direct_to, text }) => direct_to === sides.idOf(name) && /asked for|on call/.test(text),
        ).length;
      assert.deepEqual(['dana', 'sue', 'dev', 'eve'].map(told), [1, 1, 1, 0]);
    });

    it('tells a refusal of the workflow, and the outcome', async () => {
      await sides.slack.tellRefusal({
        key: 'k/r',
        view: viewOf(),
        principal: 'sam',
        text: 'you asked for it',
      });
      assert.match((await privately('sam')).join(), /you asked for it/);
      const outcome = { key: 'k/o', person: 'sam', title: 'Approved', lines: [], links: [] };
      assert.deepEqual(await sides.slack.tellPerson(outcome), { told: true });
      const direct = (await sides.messages()).filter(({ direct_to }) => direct_to === sides.idOf('sam'));
      assert.deepEqual(
        direct.map(({ text }) => text),
        ['*Approved*'],
      );
    });

    it('shows the inbox as the Home tab and as a command', async () => {
      await sides.act('open-home', { as: 'dana' });
      const home = await waitUntil('the home', 5_000, async () => (await sides.views('dana')).at(-1));
      assert.match(JSON.stringify(home.blocks), /waits for devops/);
      await sides.act('command', { as: 'dana', command: '/lockkeeper', text: 'inbox', channel: 'C0SOC' });
      assert.match((await privately('dana')).join(), /waits for devops/);
    });
  });
