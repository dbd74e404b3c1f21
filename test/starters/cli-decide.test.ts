import assert from 'node:assert/strict';
import { CliError } from '../../starters/cli/cli-error.ts';
import { decideOn, type DecideOptions } from '../../starters/cli/decide.ts';
import type { Terminal } from '../../starters/cli/decisions/confirm.ts';
import type { DecisionAnswer, RequestView, Verb } from '../../workflows/approval/messages.ts';
import { withLoopback, type Respond, type SeenRequest } from '../support/loopback.ts';
import { createSessionDouble, requestView, type SessionDouble } from './session-double.ts';

const id = 'agent-promotion:main:10077';
const sent = { status: 202, body: { jti: 'jti-1', principal: 'dana', actingFor: null } };
const nobody: Terminal = { interactive: false, ask: () => assert.fail('a script was asked') };
const accepted: DecisionAnswer = {
  state: 'accepted',
  rule: null,
  text: 'counted; still missing: 1 of security',
};

interface Case {
  readonly gateway?: readonly Respond[];
  readonly answer?: (jti: unknown) => DecisionAnswer;
  readonly views?: readonly RequestView[];
  readonly typed?: string;
  readonly verb?: Verb;
  readonly options?: Partial<DecideOptions>;
  readonly terminal?: Terminal;
  readonly session?: Parameters<typeof createSessionDouble>[0];
}

interface Ended extends SessionDouble {
  readonly result: number | CliError;
  readonly seen: readonly SeenRequest[];
}

async function decide(given: Case, check: (ended: Ended) => void) {
  const { gateway = [sent], answer = () => accepted, verb = 'approve', views = [requestView()] } = given;
  const expected = gateway.map((respond) => ({ method: 'POST', path: '/decisions', respond }));
  await withLoopback(expected, async (url, seen) => {
    const workflows = { [id]: { requests: () => views, decision: answer } };
    const double = createSessionDouble({ url, workflows, ...given.session });
    const said = { typed: given.typed ?? id, verb, name: verb };
    const options = { config: '', ...given.options };
    const result = await decideOn(double.session, said, options, given.terminal ?? nobody).catch(
      (error: unknown) => {
        if (error instanceof CliError) return error;
        throw error;
      },
    );
    check({ ...double, result, seen });
    assert.doesNotMatch(double.printed.join(), /canary-token/);
  });
}

function failsWith(exitCode: number, message: RegExp, fix?: RegExp) {
  return ({ result, printed }: Ended) => {
    assert.ok(result instanceof CliError, `ended with ${String(result)}: ${printed.join()}`);
    assert.equal(result.exitCode, exitCode);
    assert.match(result.message, message);
    if (fix) assert.match(result.fix ?? '', fix);
  };
}

describe('lockkeeper approve, reject, revoke, override, ask-info', () => {
  it('shows the request, posts what was shown, and says what became of it', () =>
    decide({ options: { reason: ' seen it ' } }, ({ result, seen, printed }) => {
      assert.equal(result, 0);
      const text = printed.join('');
      assert.match(text, /^Promote agent 1\.4\.2 to prod-a/);
      for (const shown of [/SHA-256 +abc/, /Missing +1 of devops/, /Due +2026-11-05/, /digest dddddddddddd…/])
        assert.match(text, shown);
      assert.match(text, /Accepted: approve by dana: counted; still missing: 1 of security\n$/);
      const { headers, body } = seen[0] ?? assert.fail('nothing was posted');
      assert.equal(headers.authorization, `Basic ${btoa('dana@example.com:canary-token')}`);
      assert.equal(headers['x-lockkeeper-site'], 'main');
      const { idempotencyKey, ...said } = body as Record<string, unknown>;
      assert.match(String(idempotencyKey), /^[0-9a-f-]{36}$/);
      assert.deepEqual(said, {
        ...{ workflowId: id, requestId: requestView().requestId, evidenceDigest: 'd'.repeat(64) },
        ...{ policy: 'production@3', verb: 'approve', reason: 'seen it' },
      });
    }));

  it('names whom it is said for', () =>
    decide({ options: { for: 'dev' } }, ({ seen }) => {
      assert.equal((seen[0]?.body as { actingFor: string }).actingFor, 'dev');
    }));

  it('prints one JSON value', () =>
    decide({ session: { json: true } }, ({ result, printed }) => {
      const value: unknown = JSON.parse(printed.join(''));
      const wanted = { jti: 'jti-1', principal: 'dana', state: 'accepted', rule: null, verb: 'approve' };
      assert.equal(result, 0);
      assert.partialDeepStrictEqual(value, { ...wanted, workflowId: id });
    }));

  it('ends with 10 when it was refused, naming the rule', () => {
    const answer = () => ({ state: 'refused', rule: 'self-approval', text: 'you asked for it' }) as const;
    return decide({ answer }, ({ result, printed }) => {
      assert.equal(result, 10);
      assert.match(printed.at(-1) ?? '', /^Refused: .*you asked for it \(self-approval\)\n$/);
    });
  });

  it('ends with 11 after two seconds while it is not judged', () => {
    const began = Date.now();
    return decide({ answer: () => ({ state: 'pending' }) }, ({ result, printed }) => {
      assert.equal(result, 11);
      assert.match(printed.at(-1) ?? '', /^Pending: .*as soon as a worker is there/);
      assert.ok(Date.now() - began < 3_000);
    });
  }).timeout(5_000);

  it('asks for the answer to its own decision until it is there', () => {
    const asked: unknown[] = [];
    const answer = (jti: unknown): DecisionAnswer => (asked.push(jti) < 3 ? { state: 'pending' } : accepted);
    return decide({ answer }, ({ result }) => {
      assert.equal(result, 0);
      assert.deepEqual(asked, ['jti-1', 'jti-1', 'jti-1']);
    });
  });

  it('asks for a lost answer once more, as the same decision', () =>
    decide({ gateway: ['lost', sent] }, ({ result, seen }) => {
      const keys = seen.map(({ body }) => (body as { idempotencyKey: string }).idempotencyKey);
      assert.equal(result, 0);
      assert.deepEqual([keys.length, new Set(keys).size], [2, 1]);
    }));

  describe('what the gateway answers', () => {
    const said = (status: number, error: string): Respond => ({ status, body: { error, reason: 'why' } });
    for (const [what, respond, code, message, fix] of [
      ['400', said(400, 'malformed'), 1, /not taken \(malformed\): why/, /^$/],
      ['401', said(401, 'unauthenticated'), 1, /unauthenticated/, /LOCKKEEPER_JIRA_EMAIL/],
      ['403', said(403, 'unmapped'), 1, /unmapped/, /under people/],
      ['404', said(404, 'not-running'), 3, /not-running/, /^$/],
      ['409', said(409, 'unknown-policy'), 10, /unknown-policy/, /configuration/],
      ['429', said(429, 'too-many-logins'), 4, /too-many-logins/, /Wait/],
      ['503', said(503, 'unavailable'), 4, /unavailable/, /Slack and the comments in Jira/],
      [
        'a proxy’s page',
        { status: 502, body: '<html>' },
        4,
        /answers 502, and is no decision gateway/,
        /Slack/,
      ],
      ['200', { body: {} }, 4, /answers 200/, /Slack/],
      [
        'a redirect',
        { status: 302, headers: { location: 'https://example.com/' }, body: '' },
        4,
        /not answer/,
        /Slack/,
      ],
    ] as const)
      it(`${what}: ends with ${code}`, () =>
        decide(
          { gateway: what === 'a redirect' ? [respond, respond] : [respond] },
          failsWith(code, message, fix),
        ));

    it('nothing at all: says that Slack and Jira still work', () =>
      decide(
        { gateway: [], session: { url: 'http://127.0.0.1:1' } },
        failsWith(
          4,
          /gateway at http:\/\/127\.0\.0\.1:1\/decisions does not answer/,
          /Slack and the comments in Jira/,
        ),
      ));
  });

  describe('before anything is posted', () => {
    const none = { gateway: [] };
    const high = requestView({ policy: { ...requestView().policy, risk: 'high' } });
    for (const verb of ['reject', 'override', 'request-info'] as const)
      it(`${verb} needs a reason`, () =>
        decide({ ...none, verb, options: { reason: '  ' } }, failsWith(2, /needs a reason$/, /--reason/)));

    it('approve needs one under high risk', () =>
      decide({ ...none, views: [high] }, failsWith(2, /needs a reason under high risk/)));

    it('a run that has ended is named', () =>
      decide({ ...none, typed: 'agent-promotion:main:1' }, failsWith(3, /no such run/, /inbox/)));

    it('says that Slack and Jira work while no worker answers', () =>
      decide(
        { ...none, session: { workflows: { [id]: {} } } },
        failsWith(4, /no worker answers/, /Slack and the comments in Jira/),
      ));

    it('nothing is open', () =>
      decide(
        { ...none, views: [requestView({ state: 'expired' })] },
        failsWith(3, /nothing is asked/, /expired/),
      ));

    const undecided = { decisions: undefined, freeze: undefined, 'processes.promotion.steal': undefined };
    it('no gateway is configured', () =>
      decide({ ...none, session: { changes: undecided } }, failsWith(2, /decisions: is not in the config/)));

    it('no credentials are set', () =>
      decide(
        { ...none, session: { env: { LOCKKEEPER_JIRA_API_TOKEN: undefined as unknown as string } } },
        failsWith(2, /LOCKKEEPER_JIRA_API_TOKEN/),
      ));
  });

  describe('asks a person whether it is meant', () => {
    const terminal = (answer: string): Terminal => ({
      interactive: true,
      ask: async (question) => {
        assert.match(question, /^approve: Promote agent 1\.4\.2 .*\? \[y\/N\] $/);
        return answer;
      },
    });
    for (const answer of ['y', ' YES '])
      it(`${JSON.stringify(answer)} does it`, () =>
        decide({ terminal: terminal(answer) }, ({ result }) => assert.equal(result, 0)));
    for (const answer of ['', 'n', 'yep'])
      it(`${JSON.stringify(answer)} does nothing`, () =>
        decide({ gateway: [], terminal: terminal(answer) }, failsWith(1, /nothing was decided/)));
    it('not with --yes', () =>
      decide({ terminal: { ...nobody, interactive: true }, options: { yes: true } }, ({ result }) =>
        assert.equal(result, 0),
      ));
  });

  describe('a ticket', () => {
    const promotion = { workflowId: id };
    const rollback = { workflowId: 'promotion-rollback:main:10077', type: 'promotionRollback' };
    const review = { workflowId: 'override-review:1', type: 'overrideReview' };

    it('stands for its run that waits for people', () =>
      decide({ typed: 'devops-77', session: { listed: [review, promotion] } }, ({ result, asked }) => {
        assert.equal(result, 0);
        assert.deepEqual(asked, [
          'ExecutionStatus = "Running" AND LkWaitingOn STARTS_WITH "person:" AND LkTicket = "DEVOPS-77"',
        ]);
      }));

    it('of which several runs wait is not guessed', () =>
      decide(
        { gateway: [], typed: 'DEVOPS-77', session: { listed: [promotion, rollback] } },
        failsWith(2, /agent-promotion:main:10077, promotion-rollback:main:10077/, /workflow id/),
      ));
  });
});
