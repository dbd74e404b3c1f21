import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { WebClient } from '@slack/web-api';
import { createSlackVendor } from '../../../sandbox/slack/slack-vendor.ts';
import { startFront, type Front } from '../../../sandbox/shared/front.ts';
import { createPeople } from '../../../sandbox/shared/people.ts';
import { specsDirOrSkip } from '../../support/contract-judge.ts';

type Answer = { message?: object; user?: object };

describe("Slack stand-in: the keys of Slack's own answers", () => {
  let front: Front;
  let slack: WebClient;
  let examples: Record<string, Answer>;
  const people = createPeople();

  before(async function () {
    const directory = specsDirOrSkip(this);
    const text = readFileSync(path.join(directory, 'examples/slack.answers.json'), 'utf8');
    examples = JSON.parse(text) as Record<string, Answer>;
    front = await startFront(createSlackVendor({ people, botToken: 'xoxb-1' }), { token: 'control' });
    slack = new WebClient('xoxb-1', { slackApiUrl: `${front.url}/api/`, retryConfig: { retries: 0 } });
  });
  after(() => front?.stop());

  const blocks = [{ type: 'divider' }];
  const post = () => slack.chat.postMessage({ channel: 'C0SOC', text: 'request', blocks });
  const calls: [method: string, call: () => Promise<unknown>][] = [
    ['auth.test', () => slack.auth.test()],
    ['chat.postMessage', post],
    [
      'chat.update',
      async () => slack.chat.update({ channel: 'C0SOC', ts: (await post()).ts ?? '', text: 'done' }),
    ],
    ['users.lookupByEmail', () => slack.users.lookupByEmail({ email: people[0]?.email ?? '' })],
  ];
  for (const [method, call] of calls) {
    it(`${method} holds every key of the example`, async () => {
      const answer = (await call()) as Answer;
      const example = examples[method] ?? assert.fail(`no example of ${method}`);
      assert.deepEqual(lacking(example, answer), []);
      assert.deepEqual(lacking(example.message, answer.message), []);
      assert.deepEqual(lacking(example.user, answer.user), []);
    });
  }
});

function lacking(example: object = {}, answer: object = {}): string[] {
  return Object.keys(example).filter((key) => !Object.hasOwn(answer, key));
}
