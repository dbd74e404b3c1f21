import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import type { Publication } from '../../../activities/jira/port.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { issuePath, jiraAt, ticket } from '../../support/jira-site.ts';
import { withLoopback, type Expected, type Respond } from '../../support/loopback.ts';

const path = `${issuePath}/properties/lockkeeper`;
const workflowId = 'agent-promotion:acme:10024';
const linked = { workflowId, version: 1 };
const none: Respond = { status: 404, body: { errorMessages: ['The property does not exist.'], errors: {} } };
const read = (respond: Respond): Expected => ({ method: 'GET', path, respond });
const holds = (value: unknown) => read({ body: { key: 'lockkeeper', value } });
const written: Expected = { method: 'PUT', path, respond: { status: 200 } };

const publication = (account: string, version = '1.4.2'): Publication => ({
  ...{ account, version, sha256: 'a'.repeat(64) },
  ...{ s3VersionId: `o-${version}`, manifestVersionId: `m-${version}` },
});

describe('jira client: what a promotion leaves on its ticket', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());
  const record = (url: string, ...publications: Publication[]) =>
    jiraAt(url).recordPublications({ ...ticket, workflowId, publications });

  it('links the ticket to its workflow', () =>
    withLoopback([read(none), written], async (url, seen) => {
      await jiraAt(url).linkTicket({ ...ticket, workflowId });
      assert.deepEqual(seen[1]?.body, linked);
    }));

  it('keeps what earlier rounds recorded, and what is not ours, when it links again', () => {
    const before = { ...linked, workflowId: 'old', publications: [publication('prod-a')], note: 'kept' };
    return withLoopback([holds(before), written], async (url, seen) => {
      await jiraAt(url).linkTicket({ ...ticket, workflowId });
      assert.deepEqual(seen[1]?.body, { ...before, workflowId });
    });
  });

  it('records beside the link, account by account', () => {
    const before = {
      ...linked,
      publications: [publication('prod-a', '1.4.1'), publication('prod-b', '1.4.1')],
    };
    return withLoopback([holds(before), written], async (url, seen) => {
      await record(url, publication('prod-b'), publication('prod-c'));
      const publications = [publication('prod-a', '1.4.1'), publication('prod-b'), publication('prod-c')];
      assert.deepEqual(seen[1]?.body, { ...linked, publications });
    });
  });

  it('records the same twice when the answer is lost', () => {
    const after = { ...linked, publications: [publication('prod-a')] };
    const lost: Expected = { ...written, respond: 'lost' };
    return withLoopback([holds(linked), lost, holds(after), written], async (url, seen) => {
      await assertFails(() => record(url, publication('prod-a')), 'Unavailable');
      await record(url, publication('prod-a'));
      assert.deepEqual(seen[3]?.body, after);
    });
  });

  const readings: [string, Expected, readonly Publication[]][] = [
    [
      'what was recorded',
      holds({ ...linked, publications: [publication('prod-a')] }),
      [publication('prod-a')],
    ],
    ['nothing of a linked ticket', holds(linked), []],
    ['nothing where there is no ticket or property', read(none), []],
    ['nothing of a list that is none of ours', holds({ publications: [{ account: 7 }] }), []],
    ['nothing of a property that is no object', holds('x'), []],
  ];
  for (const [name, expected, publications] of readings)
    it(`reads ${name}`, () =>
      withLoopback([{ ...expected, path: path.replace('10024', 'DEVOPS-24') }], async (url) =>
        assert.deepEqual(
          await jiraAt(url).readPublications({ site: 'acme', key: 'DEVOPS-24' }),
          publications,
        ),
      ));

  for (const [name, respond, type] of vendorFailures) {
    if (type !== 'NotFound')
      it(`reading meets ${name}: ${type}`, () =>
        withLoopback([read(respond)], async (url) => {
          await assertFails(
            () => jiraAt(url).readPublications({ site: 'acme', key: '10024' }),
            type,
            respond,
          );
        }));
    it(`recording meets ${name}: ${type}`, () =>
      withLoopback([holds(linked), { ...written, respond }], async (url) => {
        await assertFails(() => record(url, publication('prod-a')), type, respond);
      }));
  }
});
