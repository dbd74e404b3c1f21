import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { createJiraGroups } from '../../../activities/jira/groups.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { siteAt } from '../../support/jira-site.ts';
import { withLoopback, type Expected, type SeenRequest } from '../../support/loopback.ts';

const path = '/rest/api/3/group/member';
const members = (respond: Expected['respond']): Expected => ({ method: 'GET', path, respond });

describe('jira groups', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());

  it('names the active members of all pages, asked afresh', () => {
    const all = [{ accountId: 'a' }, { accountId: 'b', active: true }, { accountId: 'c', active: false }];
    const page = (request: SeenRequest) => {
      const startAt = Number(request.query.get('startAt'));
      const values = all.slice(startAt, startAt + 2);
      return { body: { startAt, maxResults: 2, total: 3, isLast: startAt === 2, values } };
    };
    return withLoopback([members(page), members(page), members(page), members(page)], async (url, seen) => {
      const groups = createJiraGroups(siteAt(url));
      assert.deepEqual(await groups('dev ops & leads'), ['a', 'b']);
      assert.deepEqual(await groups('dev ops & leads'), ['a', 'b']);
      assert.equal(seen[0]?.query.get('groupname'), 'dev ops & leads');
    });
  });

  for (const [name, respond, type] of vendorFailures)
    it(`reading members meets ${name}: ${type}`, () =>
      withLoopback([members(respond)], async (url) => {
        await assertFails(() => createJiraGroups(siteAt(url))('security'), type, respond);
      }));

  it('calls an answer of another shape unsupported', () =>
    withLoopback([members({ body: { values: [{ name: 'sue' }] } })], async (url) => {
      await assertFails(() => createJiraGroups(siteAt(url))('security'), 'UnsupportedResponse');
    }));
});
