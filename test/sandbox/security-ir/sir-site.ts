import assert from 'node:assert/strict';
import { casePerson } from '../../../sandbox/drive/case-person.ts';
import type { CaseEvent } from '../../../sandbox/security-ir/case-events.ts';
import type { KnownKey } from '../../../sandbox/security-ir/key-ring.ts';
import { createSecurityIrVendor } from '../../../sandbox/security-ir/security-ir-vendor.ts';
import { startFront } from '../../../sandbox/shared/front.ts';
import { createModelJudge } from './model-judge.ts';
import { signHeaders } from './sign.ts';

export type Body = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  /** Of an error. */
  readonly type: string | null;
  readonly body: Body;
  readonly headers: Headers;
}

const account = '111111111111';
const region = 'us-east-1';
const session = (name: string): KnownKey => ({
  ...{ secretAccessKey: `secret of ${name}`, sessionToken: `token of ${name}`, accountId: account },
  principalArn: `arn:aws:sts::${account}:assumed-role/Lockkeeper-Incidents/${name}`,
  expiration: null,
});
const keys: Readonly<Record<string, KnownKey>> = {
  ASIAOURS: session('aws-main'),
  ASIAENDED: { ...session('ended'), expiration: 1_000 },
  AKIASOFIA: {
    ...{ secretAccessKey: 'secret of sofia', sessionToken: null, accountId: account, expiration: null },
    principalArn: `arn:aws:iam::${account}:user/sofia`,
  },
  AKIAFOREIGN: {
    ...{ secretAccessKey: 'secret of x', sessionToken: null, accountId: '222222222222', expiration: null },
    principalArn: 'arn:aws:iam::222222222222:user/x',
  },
};
export const ours = keys['ASIAOURS']?.principalArn ?? '';

export interface CallOptions {
  readonly key?: string;
  readonly secret?: string;
  readonly token?: string;
  readonly region?: string;
  readonly service?: string;
  /** After the signature. */
  readonly tamper?: (request: {
    path: string;
    body: string | undefined;
    headers: Record<string, string>;
  }) => void;
  readonly signedAt?: Date;
}

export type SirSite = Awaited<ReturnType<typeof startSirSite>>;

/** The stand-in, signed calls whose answers AWS's model judges, the events, and a clock that goes on when it is told to. */
export async function startSirSite() {
  let aheadMs = 0;
  const now = () => new Date(Date.now() + aheadMs);
  const events: CaseEvent[] = [];
  const forbidden = new Set<string>();
  const judge = createModelJudge();
  const vendor = createSecurityIrVendor({
    ...{ account, region, now },
    keys: {
      find: (key) => Promise.resolve(keys[key]),
      isAllowed: (_key, action) => Promise.resolve(!forbidden.has(action)),
    },
    publish(event, times) {
      for (let n = 0; n < times; n += 1) events.push(event);
      return Promise.resolve();
    },
  });
  const front = await startFront(vendor, { token: 'control' });
  const person = casePerson({ securityIncidentResponse: front.url, control: 'control' });
  const host = new URL(front.url).host;

  function signed(method: string, url: string, body: string | undefined, options: CallOptions) {
    const accessKeyId = options.key ?? 'ASIAOURS';
    const known = keys[accessKeyId];
    const sessionToken = options.token ?? known?.sessionToken ?? undefined;
    const secretAccessKey = options.secret ?? known?.secretAccessKey ?? 'none';
    return signHeaders({
      ...{ method, url, host, body, region: options.region, service: options.service },
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
      at: options.signedAt ?? now(),
    });
  }

  async function call(
    method: string,
    url: string,
    body?: object,
    options: CallOptions = {},
  ): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request = { path: url, body: text, headers: await signed(method, url, text, options) };
    options.tamper?.(request);
    const response = await fetch(`${front.url}${request.path}`, {
      ...{ method, headers: request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const answered = await response.text();
    const answer: Answer = {
      ...{
        status: response.status,
        type: response.headers.get('x-amzn-errortype'),
        headers: response.headers,
      },
      body: (answered === '' ? {} : JSON.parse(answered)) as Body,
    };
    const unauthenticated = response.status === 403 && answer.type !== 'AccessDeniedException';
    const faults = unauthenticated ? [] : judge?.answerFaults(method, url.split('?')[0] ?? '', answer);
    assert.deepEqual(faults ?? [], [], `${method} ${url}`);
    return answer;
  }

  /** @throws on an answer that is no success */
  async function done(method: string, url: string, body?: object, options?: CallOptions): Promise<Body> {
    const answer = await call(method, url, body, options);
    assert.equal(answer.type, null, `${method} ${url}: ${answer.type} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  const newCase = {
    ...{ resolverType: 'Self', title: 'Leaked key', description: 'Found in a repository.' },
    ...{ engagementType: 'Security Incident', reportedIncidentStartDate: 1_795_000_000.5 },
    ...{ impactedAccounts: [account], watchers: [{ email: 'sofia@example.com', name: 'Sofia' }] },
  };

  return {
    ...{ front, person, events, forbidden, judge, call, done, newCase },
    /** Of a self-managed case. */
    create: async (more: object = {}, options?: CallOptions) =>
      String((await done('POST', '/v1/create-case', { ...newCase, ...more }, options))['caseId']),
    get: (caseId: string) => done('GET', `/v1/cases/${caseId}/get-case`),
    /** Ids of all pages; `between` runs before each page but the first. */
    async pages(url: string, id: string, between: () => Promise<unknown> = () => Promise.resolve()) {
      const sizes: number[] = [];
      const ids: unknown[] = [];
      let nextToken: unknown;
      do {
        if (nextToken !== undefined) await between();
        const page = await done('POST', url, { ...(nextToken === undefined ? {} : { nextToken }) });
        const items = page['items'] as Body[];
        sizes.push(items.length);
        ids.push(...items.map((item) => item[id]));
        nextToken = page['nextToken'];
      } while (nextToken !== undefined);
      return { sizes, ids };
    },
    wait(ms: number) {
      aheadMs += ms;
    },
    async reset() {
      await person.reset();
      events.length = 0;
      forbidden.clear();
    },
    stop: () => front.stop(),
  };
}
