import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { whoCanDecide } from '../../../activities/slack/reminders.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { withLoopback } from '../../support/loopback.ts';
import { approvedByDana, evidenceOf, policy, viewOf } from './request-view.ts';
import {
  bodyOf,
  call,
  first,
  found,
  nothingFound,
  ok,
  opened,
  people,
  permalink,
  posted,
  refused,
  remind,
  slackAt,
} from './slack-calls.ts';

describe('slack reminders', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());

  describe('remind', () => {
    it('replies in the thread, once', () =>
      withLoopback(
        [call('chat.postMessage', 'lost'), ok('conversations.replies', found(remind.key))],
        async (url, seen) => {
          const slack = slackAt(url);
          await assertFails(
            () => slack.remind({ ...remind, to: 'thread', missed: 2, ...first }),
            'Unavailable',
          );
          await slack.remind({ ...remind, to: 'thread', missed: 2 });
          const { thread_ts, text = '' } = bodyOf(seen[0]);
          assert.equal(thread_ts, '1.0');
          assert.match(
            text,
            /Still waiting[^]*2 reminders fell due while Slack was down[^]*missing: 1 of devops/,
          );
          assert.equal(bodyOf(seen[1])['ts'], '1.0');
        },
      ));

    it('writes to everybody who can still decide, with a link to the message', () => {
      const half = viewOf({ decisions: [approvedByDana], missing: [{ group: 'security', count: 1 }] });
      const calls = [permalink, opened('DSUE'), posted('DSUE'), opened('DSID'), posted('DSID')];
      return withLoopback(calls, async (url, seen) => {
        await slackAt(url).remind({ ...remind, view: half, to: 'dm', ...first });
        assert.deepEqual(seen.map((request) => bodyOf(request)['users']).filter(Boolean), ['USUE', 'USID']);
        const { channel, text = '' } = bodyOf(seen[2]);
        assert.equal(channel, 'DSUE');
        assert.match(
          text,
          /Your decision is asked for[^]*<https:\/\/acme\.slack\.test\/p1\|Open the request>/,
        );
      });
    });

    it('goes on with the rest when it is repeated', () =>
      withLoopback(
        [
          ...[
            permalink,
            opened('DSUE'),
            posted('DSUE'),
            opened('DSID'),
            call('chat.postMessage', { status: 503 }),
          ],
          ...[permalink, ok('conversations.history', found(remind.key)), nothingFound, posted('DSID')],
        ],
        async (url) => {
          const slack = slackAt(url);
          await assertFails(() => slack.remind({ ...remind, to: 'dm', ...first }), 'Unavailable');
          await slack.remind({ ...remind, to: 'dm' });
        },
      ));

    it('leaves out whom Slack cannot reach, and tells the others', () =>
      withLoopback(
        [permalink, call('conversations.open', refused('user_disabled')), opened('DSID'), posted('DSID')],
        (url) => slackAt(url).remind({ ...remind, to: 'dm', ...first }),
      ));

    it('tells who is on call; in the thread when that reaches nobody', () =>
      withLoopback([permalink, opened('DDEV'), posted('DDEV'), permalink, posted()], async (url, seen) => {
        await slackAt(url).remind({ ...remind, to: 'on-call', ...first });
        assert.match(bodyOf(seen[2])['text'] ?? '', /you are on call/);
        await slackAt(url, 'nobody-in-slack').remind({ ...remind, to: 'on-call', ...first });
        assert.equal(bodyOf(seen[4])['thread_ts'], '1.0');
      }));
  });

  describe('who can still decide', () => {
    const deputy = { ...approvedByDana, principal: 'lee', actingFor: 'sue' };
    const cases: [string, Parameters<typeof viewOf>[0], readonly string[]][] = [
      ['all members but the requester', {}, ['dana', 'lee', 'sue', 'sid', 'nobody-in-slack']],
      [
        'nobody twice, nobody who has decided',
        { decisions: [approvedByDana, deputy] },
        ['sid', 'nobody-in-slack'],
      ],
      ['groups that are missing only', { missing: [{ group: 'devops', count: 1 }] }, ['dana', 'lee']],
      [
        'no author and no changer',
        { evidence: evidenceOf({ authors: ['lee'], changers: ['sue'] }) },
        ['dana', 'sid', 'nobody-in-slack'],
      ],
      [
        'whom the policy does not exclude',
        { policy: { ...policy, exclude: [] }, missing: [{ group: 'devops', count: 1 }] },
        ['dana', 'lee', 'sam'],
      ],
      ['nobody of an unknown group', { missing: [{ group: 'x', count: 1 }] }, []],
    ];
    for (const [name, changes, expected] of cases)
      it(name, async () => assert.deepEqual(await whoCanDecide(viewOf(changes), people.membersOf), expected));
  });
});
