import { text } from '../../../workflows/shared/guards.ts';
import { WebhookRefusal } from '../refusal.ts';

const types = ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const;

/** A message of SNS over HTTP(S); all values as they were sent. */
export interface SnsEnvelope {
  readonly type: (typeof types)[number];
  readonly messageId: string;
  readonly topicArn: string;
  /** ISO 8601 UTC */
  readonly timestamp: string;
  readonly message: string;
  readonly signatureVersion: '1' | '2';
  readonly signature: string;
  readonly signingCertUrl: string;
  /** Of a SubscriptionConfirmation. */
  readonly token: string | undefined;
  /** What the signature is over: `Key\nValue\n` of each key that its type signs. */
  readonly signedText: string;
}

const notificationKeys = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
const confirmationKeys = [
  ...['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
];

type Body = Readonly<Record<string, unknown>>;

/** @throws WebhookRefusal malformed */
export function readEnvelope(body: Body): SnsEnvelope {
  const type = types.find((one) => one === body['Type']);
  if (!type) throw malformed('Type', types.join(', '));
  const version = body['SignatureVersion'];
  if (version !== '1' && version !== '2') throw malformed('SignatureVersion', '1 or 2');
  const { Message: message } = body;
  if (typeof message !== 'string') throw malformed('Message', 'a text');
  return {
    ...{ type, message, signatureVersion: version },
    messageId: shortText(body, 'MessageId'),
    topicArn: shortText(body, 'TopicArn'),
    timestamp: shortText(body, 'Timestamp'),
    signature: longText(body, 'Signature'),
    signingCertUrl: longText(body, 'SigningCertURL'),
    token: type === 'SubscriptionConfirmation' ? longText(body, 'Token') : undefined,
    signedText: toSignedText(body, type === 'Notification' ? notificationKeys : confirmationKeys),
  };
}

/** A key that is not there is left out: only a notification's Subject may be. */
function toSignedText(body: Body, keys: readonly string[]): string {
  return keys
    .flatMap((key) => {
      const value = body[key];
      if (typeof value === 'string') return [`${key}\n${value}\n`];
      if (value === undefined || value === null) return [];
      throw malformed(key, 'a text');
    })
    .join('');
}

function shortText(body: Body, key: string): string {
  const value = text(body, key);
  if (value === undefined) throw malformed(key, 'a text');
  return value;
}

function longText(body: Body, key: string): string {
  const value = body[key];
  if (typeof value === 'string' && value.length > 0 && value.length <= 4_096) return value;
  throw malformed(key, 'a text');
}

function malformed(key: string, expected: string): WebhookRefusal {
  return new WebhookRefusal('malformed', `${key}: ${expected} is expected`);
}
