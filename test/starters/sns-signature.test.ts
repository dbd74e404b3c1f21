import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvelope } from '../../starters/webhooks/sns/envelope.ts';
import {
  isValidSnsSignature,
  isValidSnsTimestamp,
  pinCertificateUrl,
} from '../../starters/webhooks/sns/signature.ts';

interface Vectors {
  readonly sns: {
    readonly certPem: string;
    readonly messages: readonly {
      readonly stringToSign: string;
      readonly message: Readonly<Record<string, string>>;
    }[];
  };
}

describe('the signature of SNS', () => {
  it('fits the signed messages of the documents, both versions, and no changed one', function () {
    const directory = process.env['SPECS_DIR'];
    if (directory === undefined) {
      console.warn('      SKIPPED: SPECS_DIR is not set, so no recorded message is verified');
      return this.skip();
    }
    const text = readFileSync(join(directory, 'examples/vectors.json'), 'utf8');
    const { certPem, messages } = (JSON.parse(text) as Vectors).sns;
    const { publicKey } = new X509Certificate(certPem);
    assert.ok(messages.length >= 4);
    for (const { message, stringToSign } of messages) {
      const envelope = readEnvelope(message);
      assert.equal(envelope.signedText, stringToSign);
      assert.ok(isValidSnsSignature(envelope, publicKey));
      const changed = readEnvelope({ ...message, MessageId: 'another' });
      assert.ok(!isValidSnsSignature(changed, publicKey));
    }
  });

  const now = Date.UTC(2026, 10, 23, 10);
  for (const [timestamp, is] of [
    ['2026-11-23T10:00:00.000Z', true],
    ['2026-11-23T09:00:00Z', true],
    ['2026-11-23T08:59:59.999Z', false],
    ['2026-11-23T11:00:00.001Z', false],
    ['2026-11-23T10:00:00+01:00', false],
    ['', false],
  ] as const)
    it(`a message of "${timestamp}" is ${is ? 'taken' : 'refused'}`, () =>
      assert.equal(isValidSnsTimestamp({ timestamp }, now), is));
});

describe('the certificate’s address', () => {
  const sandbox = 'http://127.0.0.1:4566';
  const file = '/SimpleNotificationService-0123.pem';
  const of = (signingCertUrl: string, topicArn = 'arn:aws:sns:us-east-1:1:t') => ({
    signingCertUrl,
    topicArn,
  });

  for (const [what, envelope, place, href] of [
    [
      'of AWS',
      of(`https://sns.us-east-1.amazonaws.com${file}`),
      undefined,
      `https://sns.us-east-1.amazonaws.com${file}`,
    ],
    [
      'of AWS in China',
      of(`https://sns.cn-north-1.amazonaws.com.cn${file}`, 'arn:aws-cn:sns:cn-north-1:1:t'),
      undefined,
      `https://sns.cn-north-1.amazonaws.com.cn${file}`,
    ],
    [
      'of AWS, in the sandbox',
      of(`https://sns.us-east-1.amazonaws.com${file}`),
      sandbox,
      `${sandbox}${file}`,
    ],
    ['of the emulator, in the sandbox', of(`${sandbox}${file}`), sandbox, `${sandbox}${file}`],
  ] as const)
    it(`${what} is fetched from ${href}`, () =>
      assert.equal(pinCertificateUrl(envelope, { sandbox: place }).href, href));

  for (const [what, envelope, place] of [
    ['the emulator’s outside of the sandbox', of(`${sandbox}${file}`), undefined],
    ['another port of this machine', of(`http://127.0.0.1:4567${file}`), sandbox],
    ['an address elsewhere, in the sandbox', of(`https://example.com${file}`), sandbox],
    ['a topic without a region', of(`https://sns..amazonaws.com${file}`, 'arn:aws:sns'), undefined],
  ] as const)
    it(`${what} is refused`, () =>
      assert.throws(() => pinCertificateUrl(envelope, { sandbox: place }), /none of SNS/));
});
