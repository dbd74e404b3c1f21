import assert from 'node:assert/strict';
import { judgeTestResult } from '../../../activities/ec2/test-result.ts';

const expected = {
  run: 'agent-promotion:main:1/0/instance',
  nonce: 'nonce-0123456789',
  instanceId: 'i-0123456789abcdef0',
  account: '222222222222',
  version: '1.4.2',
};
const { version: expectedVersion, ...identity } = expected;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const passing = {
  ...identity,
  expectedVersion,
  status: 'passed',
  step: 'version',
  detailBase64: base64('all checks passed'),
  reportedVersionBase64: base64('1.4.2\n'),
};
const judge = (changes: object) => judgeTestResult(JSON.stringify({ ...passing, ...changes }), expected);
const detailOf = (changes: object) => {
  const judgement = judge({ status: 'failed', step: 'install', ...changes });
  return judgement.verdict === 'failed' ? judgement.detail : '';
};

describe('EC2: judging a test result', () => {
  it('passes the very version, with or without a line end', () => {
    assert.deepEqual(judge({}), { verdict: 'passed', reportedVersion: '1.4.2' });
    assert.deepEqual(judge({ reportedVersionBase64: base64('1.4.2') }), {
      verdict: 'passed',
      reportedVersion: '1.4.2',
    });
  });

  for (const other of [
    '1.4.20',
    '1.4.2 ',
    ' 1.4.2',
    'v1.4.2',
    '1.4.2\n\n',
    '1.4.2\r\n',
    '1.4.2\0',
    '',
    '１.4.2',
  ])
    it(`fails version ${JSON.stringify(other)}, though it claims to have passed`, () => {
      const judgement = judge({ reportedVersionBase64: base64(other) });
      assert.partialDeepStrictEqual(judgement, { verdict: 'failed', step: 'version' });
    });

  const strangers: [string, object][] = [
    ['run', { run: 'agent-promotion:main:2/0/instance' }],
    ['nonce', { nonce: 'nonce-9999999999' }],
    ['instance', { instanceId: 'i-0fedcba9876543210' }],
    ['account', { account: '333333333333' }],
    ['expected version', { expectedVersion: '1.4.3' }],
  ];
  for (const [name, change] of strangers)
    it(`fails a result of another ${name}`, () => {
      assert.deepEqual(judge(change), {
        verdict: 'failed',
        step: 'version',
        detail: `the result is not of this launch: other ${name}`,
        reportedVersion: null,
      });
    });

  for (const step of ['boot', 'download', 'checksum', 'install', 'service', 'version'])
    it(`reports a failure at ${step}`, () => {
      const judgement = judge({
        status: 'failed',
        step,
        detailBase64: base64('exit code 3'),
        reportedVersionBase64: '',
      });
      assert.deepEqual(judgement, { verdict: 'failed', step, detail: 'exit code 3', reportedVersion: '' });
    });

  const unreadable: [string, string][] = [
    ['nothing', ''],
    ['no JSON', 'passed'],
    ['half a JSON', JSON.stringify(passing).slice(0, 80)],
    ['null', 'null'],
    ['a list', '[]'],
    ['an unknown status', JSON.stringify({ ...passing, status: 'ok' })],
    ['an unknown step', JSON.stringify({ ...passing, step: '__proto__' })],
    ['no nonce', JSON.stringify({ ...passing, nonce: undefined })],
    ['a nonce of another type', JSON.stringify({ ...passing, nonce: [expected.nonce] })],
    ['no base64', JSON.stringify({ ...passing, reportedVersionBase64: '1.4.2' })],
    ['deep nesting', '['.repeat(30_000)],
  ];
  for (const [kind, text] of unreadable)
    it(`fails ${kind} at boot`, () =>
      assert.partialDeepStrictEqual(judgeTestResult(text, expected), { verdict: 'failed', step: 'boot' }));

  it('cuts a long detail to 500 characters', () => {
    assert.equal(detailOf({ detailBase64: base64('x'.repeat(60_000)) }).length, 500);
  });

  it('takes control characters and terminal codes out', () => {
    const detail = detailOf({ detailBase64: base64('a\u001b[31mred\u001b[0m\u0007\0\u202eb') });
    assert.equal(detail, 'aredb');
  });

  it('shows bytes that are no UTF-8', () => {
    assert.equal(detailOf({ detailBase64: Buffer.from([0x61, 0xff]).toString('base64') }), 'a\ufffd');
  });

  it('redacts URLs’ queries, keys and tokens', () => {
    const secrets = ['X-Amz-Signature=abcdef', 'ASIAABCDEFGHIJKLMNOP', 'glpat-0123456789abcdefghij'];
    const text = `GET https://b.s3.amazonaws.com/k?${secrets[0]} with ${secrets[1]} and ${secrets[2]}`;
    const detail = detailOf({ detailBase64: base64(text) });
    for (const secret of secrets) assert.equal(detail.includes(secret), false, detail);
    assert.match(detail, /^GET https:\/\/b\.s3\.amazonaws\.com\/k with/);
  });
});
