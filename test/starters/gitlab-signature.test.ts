import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { Secret } from '../../config/secret.ts';
import {
  isValidGitlabDelivery,
  verifyGitlabDelivery,
  type GitlabDelivery,
} from '../../starters/webhooks/gitlab/signature.ts';

const signingToken = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const now = Date.UTC(2026, 10, 4, 9, 30);
const body = '{"object_kind":"pipeline"}';
const secrets = { token: new Secret('clear'), signingToken: new Secret(signingToken) };

/** Signed by another implementation of Standard Webhooks than ours. */
function signed(at = now, headers: Partial<GitlabDelivery['headers']> = {}): GitlabDelivery {
  const signature = new Webhook(signingToken).sign('msg-1', new Date(at), body);
  const timestamp = String(Math.floor(at / 1000));
  return {
    rawBody: Buffer.from(body),
    headers: { signature, id: 'msg-1', timestamp, ...headers },
    secrets,
    now,
  };
}

const { signature } = signed().headers;
const bare = { rawBody: Buffer.from(body), headers: { token: 'clear' }, secrets, now };

const hmac = (key: string) => createHmac('sha256', key).update(body).digest('hex');
const asked = { ...bare, headers: { statusCheck: hmac('clear') } };

const cases: readonly [what: string, delivery: GitlabDelivery, refusal: string | undefined][] = [
  ['a signature', signed(), undefined],
  ['one of several signatures', signed(now, { signature: `v1,AAAA ${signature} v1a,x` }), undefined],
  ['5 minutes ago', signed(now - 300_000), undefined],
  ['5 minutes ahead', signed(now + 300_000), undefined],
  ['6 minutes ago', signed(now - 360_000), 'stale'],
  ['6 minutes ahead', signed(now + 360_000), 'stale'],
  ['another body', { ...signed(), rawBody: Buffer.from('{}') }, 'forged'],
  ['another id', signed(now, { id: 'msg-2' }), 'forged'],
  ['another time', signed(now, { timestamp: '1' }), 'forged'],
  ['no id', signed(now, { id: undefined }), 'unsigned'],
  [
    'a wrong signature beside the right token',
    signed(now, { signature: 'v1,AAAA', token: 'clear' }),
    'forged',
  ],
  ['an empty signature beside the right token', signed(now, { signature: '', token: 'clear' }), 'forged'],
  [
    'a signature, but no key here',
    { ...signed(now, { token: 'clear' }), secrets: { token: secrets.token } },
    'forged',
  ],
  ['the token', bare, undefined],
  ['a wrong token', { ...bare, headers: { token: 'guess' } }, 'forged'],
  ['nothing', { ...bare, headers: {} }, 'unsigned'],
  ['an empty token', { ...bare, headers: { token: '' } }, 'unsigned'],
  ['an external status check', asked, undefined],
  ['another body of a status check', { ...asked, rawBody: Buffer.from('{}') }, 'forged'],
  ['another secret of a status check', { ...bare, headers: { statusCheck: hmac('guess') } }, 'forged'],
  [
    'a wrong status check beside the right token',
    { ...bare, headers: { statusCheck: hmac('guess'), token: 'clear' } },
    'forged',
  ],
  ['a status check, but no token here', { ...asked, secrets: {} }, 'unsigned'],
  ['the token, but none here', { ...bare, secrets: { signingToken: secrets.signingToken } }, 'unsigned'],
];

describe('verifyGitlabDelivery', () => {
  for (const [what, delivery, refusal] of cases)
    it(`${refusal ?? 'takes'}: ${what}`, () => {
      assert.equal(isValidGitlabDelivery(delivery), refusal === undefined);
      if (refusal) assert.throws(() => verifyGitlabDelivery(delivery), { kind: refusal });
    });

  const folder = process.env['SPECS_DIR'];
  it(`takes the vectors of the specifications${folder ? '' : ' (skipped: SPECS_DIR is not set)'}`, function () {
    if (!folder) return this.skip();
    const { gitlab } = JSON.parse(readFileSync(`${folder}/examples/vectors.json`, 'utf8')) as {
      gitlab: { signingToken: string; headers: Record<string, string>; body: string }[];
    };
    for (const { signingToken: key, headers, body: raw } of gitlab) {
      const { 'webhook-id': id, 'webhook-timestamp': timestamp = '', 'webhook-signature': given } = headers;
      verifyGitlabDelivery({
        rawBody: Buffer.from(raw),
        headers: { id, timestamp, signature: given },
        secrets: { signingToken: new Secret(key) },
        now: Number(timestamp) * 1000,
      });
    }
    assert.ok(gitlab.length > 0);
  });
});
