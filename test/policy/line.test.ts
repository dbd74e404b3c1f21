import assert from 'node:assert/strict';
import {
  emptyQueue,
  grantNext,
  holdsTurn,
  isHotfix,
  join,
  leave,
  placeOf,
  supersede,
} from '../../workflows/promotion-queue/line.ts';
import type { EnqueueRequest, QueueState } from '../../workflows/promotion-queue/messages.ts';
import { untilNextLook } from '../../workflows/promotion-queue/rules.ts';
import { agentPromotionId, parseTurnRequestId, turnRequestId } from '../../workflows/shared/names.ts';

const noon = Date.parse('2026-11-22T12:00:00.000Z');

function request(issue: number, changes: Partial<EnqueueRequest> = {}): EnqueueRequest {
  return {
    workflowId: agentPromotionId('main', String(issue)),
    runId: `run-${issue}`,
    round: '0',
    ticket: `DEVOPS-${issue}`,
    priority: 0,
    enteredAt: '2026-11-22T10:00:00.000Z',
    ...changes,
  };
}

const joinAll = (requests: readonly EnqueueRequest[], from = emptyQueue) => requests.reduce(join, from);
const tickets = (state: QueueState) => state.waiting.map((entry) => entry.ticket);

function grant(state: QueueState, nowMs = noon): QueueState {
  const granted = grantNext(state, nowMs);
  assert.ok(granted, 'nobody got the turn');
  return granted.state;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}

describe('join', () => {
  const late = '2026-11-22T10:00:00.001Z';
  const orders: Readonly<Record<string, readonly EnqueueRequest[]>> = {
    'the numeric issue id, not the text': [request(9), request(10), request(100)],
    'the time the ticket entered ToDo before the issue id': [request(9), request(1, { enteredAt: late })],
    'the instant, however many digits its text has': [
      request(2, { enteredAt: '2026-11-22T10:00:00Z' }),
      request(1, { enteredAt: late }),
    ],
    'priority before time': [request(9, { priority: 1, enteredAt: late }), request(1)],
    'a negative priority last': [request(9), request(1, { priority: -1 })],
    'the site where everything else is equal': [
      request(1, { workflowId: agentPromotionId('main', '1') }),
      request(1, { workflowId: agentPromotionId('other', '1') }),
    ],
    'all of them together': [
      request(5, { priority: 2, enteredAt: late }),
      request(3),
      request(4),
      request(1, { enteredAt: late }),
      request(2, { enteredAt: late }),
      request(0, { priority: -3 }),
    ],
  };
  for (const [rule, expected] of Object.entries(orders))
    it(`orders by ${rule}, in whatever order they arrive`, () => {
      for (const arrival of permutations(expected)) assert.deepEqual(joinAll(arrival).waiting, expected);
    });

  it('gives a repeat its own place back', () => {
    const once = joinAll([request(1), request(2)]);
    assert.deepEqual(joinAll([request(1), request(2), request(1)], once), once);
  });

  for (const [what, changes] of Object.entries({
    run: { runId: 'run-again' },
    round: { round: '77', enteredAt: '2026-11-22T11:00:00.000Z' },
  }))
    it(`lets a new ${what} of a ticket take its predecessor's place`, () => {
      const state = joinAll([request(1), request(1, changes)]);
      assert.deepEqual(state.waiting, [request(1, changes)]);
    });

  it('frees the turn when the holder’s successor joins, because the old run has ended', () => {
    const state = join(grant(joinAll([request(1), request(2)])), request(1, { runId: 'run-again' }));
    assert.equal(state.holder, null);
    assert.deepEqual(tickets(state), ['DEVOPS-1', 'DEVOPS-2']);
  });

  it('changes nothing when the holder joins again', () => {
    const state = grant(joinAll([request(1), request(2)]));
    assert.equal(join(state, request(1)), state);
  });

  it('keeps only what it knows, so that the state that is carried on stays small', () => {
    const padded = { ...request(1), padding: 'x'.repeat(1_000_000) } as EnqueueRequest;
    assert.deepEqual(join(emptyQueue, padded).waiting, [request(1)]);
  });
});

describe('supersede', () => {
  const asked = (issue: number, version: string, enteredAt = '2026-11-22T10:00:00.000Z') =>
    request(issue, { version, enteredAt });
  const later = '2026-11-22T11:00:00.000Z';
  const newest = asked(9, '1.10.0', later);
  const left = (entries: readonly EnqueueRequest[], by: EnqueueRequest) =>
    supersede(join(joinAll(entries), by), by).left.map(({ ticket }) => ticket);

  const cases: Readonly<
    Record<string, readonly [readonly EnqueueRequest[], EnqueueRequest, readonly string[]]>
  > = {
    'an older request for a lower version': [[asked(1, '1.9.9')], newest, ['DEVOPS-1']],
    'each of them': [[asked(1, '1.9.9'), asked(2, '0.0.1')], newest, ['DEVOPS-1', 'DEVOPS-2']],
    'one of the same instant': [[asked(1, '1.9.9', later)], newest, ['DEVOPS-1']],
    'a hotfix too': [[{ ...asked(1, '1.9.9'), priority: 10 }], newest, ['DEVOPS-1']],
    'none for the same version': [[asked(1, '1.10.0')], newest, []],
    'none for a higher version': [[asked(1, '1.11.0')], newest, []],
    'none that came later': [[asked(1, '1.9.9', '2026-11-22T12:00:00.000Z')], newest, []],
    'none whose version is not known': [[request(1)], newest, []],
    'none when its own version is not known': [[asked(1, '1.9.9')], request(9, { enteredAt: later }), []],
  };
  for (const [what, [entries, by, expected]] of Object.entries(cases))
    it(`takes out ${what}`, () => assert.deepEqual(left(entries, by), expected));

  it('leaves the holder and the request itself, and takes out who is parked', () => {
    const parked = leave(grant(joinAll([asked(1, '1.0.0')])), { ...asked(1, ''), park: true }, noon);
    const state = join(grant(joinAll([asked(2, '1.0.0')], parked)), newest);
    const { state: after, left: gone } = supersede(state, newest);
    assert.deepEqual(gone, [asked(1, '1.0.0')]);
    assert.deepEqual([after.holder?.ticket, tickets(after), after.parked], ['DEVOPS-2', ['DEVOPS-9'], []]);
  });

  it('changes nothing when nobody gives way', () => {
    const state = joinAll([newest]);
    assert.equal(supersede(state, newest).state, state);
  });
});

describe('isHotfix', () => {
  for (const [priority, expected] of [
    [0, false],
    [9, false],
    [10, true],
    [11, true],
  ] as const)
    it(`${priority}: ${expected}`, () => assert.equal(isHotfix({ priority }), expected));
});

describe('untilNextLook', () => {
  const hold = (minutes: number | null) => ({
    kind: 'person' as const,
    source: 'dana',
    reason: 'x',
    until: minutes === null ? null : new Date(noon + minutes * 60_000).toISOString(),
  });
  const cases: readonly (readonly [string, (number | null)[], number])[] = [
    ['five minutes when nothing says its end', [null], 300_000],
    ['the first end', [4, null, 2], 120_000],
    ['five minutes at most', [90], 300_000],
    ['a second at least', [-90], 1_000],
  ];
  for (const [what, ends, expected] of cases)
    it(`is ${what}`, () => assert.equal(untilNextLook(ends.map(hold), noon), expected));
});

describe('placeOf', () => {
  it('tells position, who is ahead and the newest token', () => {
    const state = grant(joinAll([request(1), request(2), request(3)]));
    assert.deepEqual(placeOf(state, request(3)), {
      state: 'waiting',
      position: 2,
      ahead: ['DEVOPS-1', 'DEVOPS-2'],
      etaSeconds: null,
      lastToken: noon,
    });
  });

  it('tells the holder that it has the turn, and its token', () => {
    const state = grant(joinAll([request(1)]));
    assert.deepEqual(placeOf(state, request(1)), { state: 'granted', token: noon });
  });

  it('expects each one ahead to hold the turn as long as the last ten did on average', () => {
    const state = { ...joinAll([request(1), request(2), request(3)]), recentHoldSeconds: [60, 121] };
    const place = placeOf(state, request(3));
    assert.equal(place.state === 'waiting' && place.etaSeconds, 181);
  });
});

describe('grantNext', () => {
  it('gives the turn to the first in line and takes it off the line', () => {
    const state = grant(joinAll([request(2), request(1)]));
    assert.deepEqual(state.holder, { ...request(1), token: noon, grantedAt: '2026-11-22T12:00:00.000Z' });
    assert.deepEqual([tickets(state), state.granted], [['DEVOPS-2'], 1]);
  });

  it('grants nothing to nobody, and nothing while the turn is held', () => {
    assert.equal(grantNext(emptyQueue, noon), undefined);
    assert.equal(grantNext(grant(joinAll([request(1), request(2)])), noon), undefined);
  });

  for (const [what, clock] of Object.entries({
    'goes on': [noon, noon + 1000, noon + 2000],
    'stands still': [noon, noon, noon],
    'is set back by a year': [noon, noon - 365 * 86_400_000, noon - 365 * 86_400_000],
  }))
    it(`raises the token with every grant when the clock ${what}`, () => {
      let state = joinAll([request(1), request(2), request(3)]);
      const tokens = clock.map((nowMs) => {
        state = grant(state, nowMs);
        const { lastToken, holder } = state;
        assert.equal(holder?.token, lastToken);
        state = leave(state, holder, nowMs);
        return lastToken;
      });
      assert.ok(
        Number(tokens[0]) < Number(tokens[1]) && Number(tokens[1]) < Number(tokens[2]),
        tokens.join(),
      );
    });
});

describe('leave', () => {
  it('frees the turn and remembers how long it was held', () => {
    const state = leave(grant(joinAll([request(1), request(2)])), request(1), noon + 90_400);
    assert.equal(state.holder, null);
    assert.deepEqual([tickets(state), state.recentHoldSeconds], [['DEVOPS-2'], [90]]);
  });

  it('remembers the last ten only, and no negative time', () => {
    const full = { ...grant(joinAll([request(1)])), recentHoldSeconds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] };
    assert.deepEqual(leave(full, request(1), noon - 5000).recentHoldSeconds, [2, 3, 4, 5, 6, 7, 8, 9, 10, 0]);
  });

  it('lets a waiter leave and keeps the holder', () => {
    const state = leave(grant(joinAll([request(1), request(2), request(3)])), request(2), noon);
    assert.deepEqual([state.holder?.ticket, tickets(state)], ['DEVOPS-1', ['DEVOPS-3']]);
  });

  it('parks who waits for people, holder or waiter, until it joins again or leaves', () => {
    const state = grant(joinAll([request(1, { version: '1.0.0', freezes: true }), request(2)]));
    const parked = leave(
      leave(state, { ...request(1), park: true }, noon),
      { ...request(2), park: true },
      noon,
    );
    assert.deepEqual([parked.holder, parked.waiting], [null, []]);
    assert.deepEqual(parked.parked, [request(1, { version: '1.0.0', freezes: true }), request(2)]);
    assert.deepEqual(join(parked, request(1)).parked, [request(2)]);
    assert.deepEqual(leave(parked, request(2), noon).parked, [
      request(1, { version: '1.0.0', freezes: true }),
    ]);
  });

  it('parks nobody whom it does not know, and no more than 1,000', () => {
    const state = joinAll([request(1)]);
    assert.equal(leave(state, { ...request(7), park: true }, noon).parked, undefined);
    let crowd = state;
    for (let issue = 0; issue < 1_005; issue += 1)
      crowd = leave(join(crowd, request(issue)), { ...request(issue), park: true }, noon);
    assert.equal(crowd.parked?.length, 1_000);
    assert.equal(crowd.parked[0]?.ticket, 'DEVOPS-5');
  });

  for (const who of [
    { workflowId: request(1).workflowId, runId: 'an older run' },
    { workflowId: agentPromotionId('main', '7'), runId: 'run-1' },
    { workflowId: '', runId: '' },
  ])
    it(`changes nothing for ${JSON.stringify(who)}`, () => {
      const state = grant(joinAll([request(1), request(2)]));
      assert.deepEqual(leave(state, who, noon), state);
    });
});

describe('holdsTurn', () => {
  const state = grant(joinAll([request(1), request(2)]));
  const right = { workflowId: request(1).workflowId, runId: 'run-1', token: noon };

  it('is true for the holder with its token', () => assert.equal(holdsTurn(state, right), true));

  for (const [what, check] of Object.entries({
    'an older token': { ...right, token: noon - 1 },
    'a newer token': { ...right, token: noon + 1 },
    'a token as text': { ...right, token: String(noon) },
    'another run': { ...right, runId: 'run-2' },
    'a waiter': { workflowId: request(2).workflowId, runId: 'run-2', token: noon },
    'no fields': {},
    null: null,
    text: 'granted',
    'a list': [right],
  }))
    it(`is false for ${what}, also when nobody holds the turn`, () => {
      assert.equal(holdsTurn(state, check), false);
      assert.equal(holdsTurn(emptyQueue, check), false);
    });
});

describe('turnRequestId', () => {
  it('names one grant of the turn', () => assert.equal(parseTurnRequestId(turnRequestId(noon)), noon));

  for (const id of [
    '',
    'turn:',
    'turn:x',
    'turn:-1',
    'turn:1.5',
    ' turn:1',
    'turn:1 ',
    `turn:${'9'.repeat(16)}`,
  ])
    it(`is not "${id}"`, () => assert.equal(parseTurnRequestId(id), undefined));
});
