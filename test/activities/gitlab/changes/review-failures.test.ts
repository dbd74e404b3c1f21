import { assertFails, vendorFailures } from '../../../support/failing-vendor.ts';
import { withLoopback, type Expected, type Respond } from '../../../support/loopback.ts';
import { get, root, withShortHttp } from './changes-gitlab.ts';

import { single, review } from './review-answers.ts';

describe('gitlab changes: review meets failures', () => {
  withShortHttp();

  const limits: [name: string, reply: Respond, waits: boolean][] = [
    [
      'all headers',
      { status: 429, headers: { 'retry-after': '7', 'ratelimit-remaining': '0' }, body: 'Retry later' },
      true,
    ],
    ['no headers', { status: 429, body: 'Retry later' }, false],
    ['text', { status: 429, headers: { 'content-type': 'text/plain' }, body: 'Retry later' }, false],
    [
      'JSON',
      {
        status: 429,
        body: { message: { error: 'This endpoint has been requested too many times. Try again later.' } },
      },
      false,
    ],
  ];
  for (const [name, reply, waits] of limits)
    it(`a throttle with ${name} is RateLimited, also by GraphQL`, async () => {
      for (const at of [0, 2, 3]) {
        const expected = single({}).slice(0, at + 1);
        expected[at] = { ...(expected[at] as Expected), respond: reply };
        await withLoopback(expected, async (url) => {
          await assertFails(() => review(url), 'RateLimited', waits ? reply : undefined);
        });
      }
    });

  for (const [name, respond, type] of vendorFailures)
    it(`${name}: ${type}, in one request`, () =>
      withLoopback([get('/repository/commits', respond)], async (url) => {
        await assertFails(() => review(url), type, respond);
      }));

  it('a GraphQL error that passes is Unavailable, though its status is 200', () => {
    const notes = { body: { data: null, errors: [{ message: 'Timeout on MergeRequest.notes' }] } };
    return withLoopback(single({ notes }).slice(0, 3), async (url) => {
      await assertFails(() => review(url), 'Unavailable');
    });
  });

  it('an answer of another shape is unsupported', () =>
    withLoopback(
      [{ method: 'GET', path: `${root}/repository/commits`, respond: { body: '<html>sign in</html>' } }],
      async (url) => {
        await assertFails(() => review(url), 'UnsupportedResponse');
      },
    ));
});
