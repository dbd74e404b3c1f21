import assert from 'node:assert/strict';
import { createGroupSources } from '../../starters/decisions/group-sources.ts';
import { assertFails, vendorFailures } from '../support/failing-vendor.ts';
import { withLoopback } from '../support/loopback.ts';
import { createSessionDouble } from './session-double.ts';

const slackPath = '/usergroups.users.list';
const jiraPath = '/rest/api/3/group/member';
const env = { LOCKKEEPER_SLACK_BOT_TOKEN: 'xoxb-canary' };

function sourcesAt(url: string) {
  const { session } = createSessionDouble({ url, env });
  return createGroupSources(session.config, session.config.secrets, 100);
}

const members = (...ids: string[]) => ids.map((accountId) => ({ accountId, active: accountId !== 'gone' }));

describe('the members of a Slack user group', () => {
  it('are read with the bot token', () =>
    withLoopback(
      [{ method: 'POST', path: slackPath, respond: { body: { ok: true, users: ['U1', 'U2'] } } }],
      async (url, seen) => {
        assert.deepEqual(await sourcesAt(url).slackUserGroup?.('S1'), ['U1', 'U2']);
        assert.deepEqual(seen[0]?.body, { usergroup: 'S1' });
        assert.equal(seen[0]?.headers.authorization, 'Bearer xoxb-canary');
      },
    ));

  for (const [error, type] of [
    ['missing_scope', 'PermissionDenied'],
    ['invalid_auth', 'CredentialRejected'],
    ['internal_error', 'Unavailable'],
  ] as const)
    it(`fail as ${type} when Slack says ${error}`, () =>
      withLoopback(
        [{ method: 'POST', path: slackPath, respond: { body: { ok: false, error } } }],
        async (url) => {
          await assertFails(() => sourcesAt(url).slackUserGroup?.('S1') ?? Promise.resolve(), type);
        },
      ));

  for (const [what, respond] of vendorFailures.filter(
    ([, , type]) => type === 'Unavailable' || type === 'RateLimited',
  ))
    it(`are not guessed: ${what}`, () =>
      withLoopback([{ method: 'POST', path: slackPath, respond }], async (url) => {
        await assert.rejects(sourcesAt(url).slackUserGroup?.('S1') ?? Promise.resolve());
      }));
});

describe('the members of a Jira group', () => {
  it('are read page by page, without those who have left', () =>
    withLoopback(
      [
        { method: 'GET', path: jiraPath, respond: { body: { isLast: false, values: members('a', 'gone') } } },
        { method: 'GET', path: jiraPath, respond: { body: { isLast: true, values: members('b') } } },
      ],
      async (url, seen) => {
        assert.deepEqual(await sourcesAt(url).jiraGroup?.('release managers & co'), ['a', 'b']);
        const asked = seen.map(({ query }) => [query.get('groupname'), query.get('startAt')]);
        assert.deepEqual(asked, [
          ['release managers & co', '0'],
          ['release managers & co', '50'],
        ]);
      },
    ));

  for (const [what, respond, type] of vendorFailures)
    it(`are not guessed: ${what}`, () =>
      withLoopback([{ method: 'GET', path: jiraPath, respond }], async (url) => {
        const read = () => sourcesAt(url).jiraGroup?.('release') ?? Promise.resolve();
        // no repeat is made by the gateway, so that nothing waits for Retry-After
        if (type !== 'RateLimited') await assertFails(read, type);
        else await assert.rejects(read());
      }));
});

describe('without a vendor’s credential', () => {
  it('its groups have no source', () => {
    const { session } = createSessionDouble();
    assert.deepEqual(createGroupSources(session.config, {}), {});
  });
});
