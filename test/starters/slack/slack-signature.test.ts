import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Secret } from '../../../config/secret.ts';
import { isValidSlackDelivery, verifySlackDelivery } from '../../../starters/slack/signature.ts';

interface Vector {
  readonly signingSecret: string;
  readonly timestamp: string;
  readonly body: string;
  readonly header: string;
}

/** Slack's documented example. */
const slackOwn: Vector = {
  signingSecret: '8f742231b10e8888abcd99yyyzzz85a5',
  timestamp: '1531420618',
  body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  header: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
};

const toDelivery = ({ signingSecret, timestamp, body, header }: Vector, offsetMs = 0) => ({
  rawBody: Buffer.from(body),
  signature: header,
  timestamp,
  signingSecret: new Secret(signingSecret),
  now: Number(timestamp) * 1000 + offsetMs,
});
const good = toDelivery(slackOwn);
const minutes = 60_000;

describe('slack signature', () => {
  it('takes Slack’s own example', () => assert.ok(isValidSlackDelivery(good)));

  const cases: [string, Partial<typeof good>, RegExp | undefined][] = [
    ['5 minutes old', toDelivery(slackOwn, 5 * minutes), undefined],
    ['5 minutes ahead', toDelivery(slackOwn, -5 * minutes), undefined],
    ['6 minutes old', toDelivery(slackOwn, 6 * minutes), /more than 5 minutes away/],
    ['6 minutes ahead', toDelivery(slackOwn, -6 * minutes), /more than 5 minutes away/],
    ['another body', { rawBody: Buffer.from(`${slackOwn.body}&x=1`) }, /does not fit/],
    ['another secret', { signingSecret: new Secret('x') }, /does not fit/],
    ['another timestamp', { timestamp: '1531420619' }, /does not fit/],
    ['a shorter signature', { signature: slackOwn.header.slice(0, 20) }, /does not fit/],
    ['another version', { signature: slackOwn.header.replace('v0', 'v1') }, /does not fit/],
  ];
  for (const [name, changes, problem] of cases)
    it(`${problem ? 'refuses' : 'takes'} ${name}`, () => {
      assert.equal(isValidSlackDelivery({ ...good, ...changes }), problem === undefined);
      if (problem) assert.throws(() => verifySlackDelivery({ ...good, ...changes }), problem);
    });

  for (const missing of ['signature', 'timestamp', 'signingSecret'] as const)
    it(`refuses one without ${missing}`, () =>
      assert.ok(!isValidSlackDelivery({ ...good, [missing]: undefined })));

  const folder = process.env['SPECS_DIR'];
  it(`takes the vectors of the specifications${folder ? '' : ' (skipped: SPECS_DIR is not set)'}`, function () {
    if (!folder) return this.skip();
    const { slack } = JSON.parse(readFileSync(`${folder}/examples/vectors.json`, 'utf8')) as {
      slack: Vector[];
    };
    assert.ok(slack.length >= 2);
    for (const vector of slack) assert.ok(isValidSlackDelivery(toDelivery(vector)), vector.body.slice(0, 40));
  });
});
