import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Secret } from '../../config/secret.ts';
import {
  isValidJiraSignature,
  isValidJiraTimestamp,
  verifyJiraSignature,
  verifyJiraTimestamp,
} from '../../starters/webhooks/jira/signature.ts';

const published = {
  secret: "It's a Secret to Everybody",
  body: 'Hello World!',
  header: 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9',
};
const check = ({ secret, body, header }: { secret: string; body: string; header: string | undefined }) =>
  isValidJiraSignature({ rawBody: Buffer.from(body), header, secret: new Secret(secret) });

describe('verifyJiraSignature', () => {
  it('takes the published vector', () => assert.ok(check(published)));

  const hex = published.header.slice('sha256='.length);
  const sha1 = createHmac('sha1', published.secret).update(published.body).digest('hex');
  for (const [what, change] of [
    ['no header', { header: undefined }],
    ['an empty header', { header: '' }],
    ['no method', { header: hex }],
    ['sha1', { header: `sha1=${sha1}` }],
    ['sha512', { header: `sha512=${hex}` }],
    ['a cut signature', { header: `sha256=${hex.slice(0, 32)}` }],
    ['an empty signature', { header: 'sha256=' }],
    ['a longer signature', { header: `sha256=${hex}00` }],
    ['another body', { body: 'Hello World' }],
    ['another secret', { secret: 'guess' }],
  ] as const)
    it(`refuses ${what}`, () => assert.ok(!check({ ...published, ...change })));

  it('never tells what it expected', () => {
    const signature = { rawBody: Buffer.from('x'), header: 'sha256=00', secret: new Secret('s') };
    const expected = createHmac('sha256', 's').update('x').digest('hex');
    assert.throws(
      () => verifyJiraSignature(signature),
      ({ message }: Error) => !message.includes(expected),
    );
  });
});

describe('verifyJiraTimestamp', () => {
  const now = Date.UTC(2026, 10, 4, 9);
  const day = 24 * 3_600_000;
  for (const [offset, valid] of [
    [0, true],
    [-day, true],
    [day, true],
    [-day - 1, false],
    [day + 1, false],
  ] as const)
    it(`${offset} ms from now: ${valid ? 'taken' : 'stale'}`, () =>
      assert.equal(isValidJiraTimestamp(now + offset, now), valid));

  for (const value of [undefined, null, '1793784973747', Number.NaN, {}])
    it(`refuses ${JSON.stringify(value) ?? 'undefined'} as malformed`, () =>
      assert.throws(() => verifyJiraTimestamp(value, now), { kind: 'malformed' }));
});

describe('the vectors of the specifications', () => {
  const folder = process.env['SPECS_DIR'];
  it(`Jira${folder ? '' : ' (skipped: SPECS_DIR is not set)'}`, function () {
    if (!folder) return this.skip();
    const vectors = JSON.parse(readFileSync(`${folder}/examples/vectors.json`, 'utf8')) as {
      jira: { secret: string; body: string; header: string }[];
    };
    assert.ok(vectors.jira.length >= 2);
    for (const vector of vectors.jira) assert.ok(check(vector), vector.body.slice(0, 40));
  });
});
