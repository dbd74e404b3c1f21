import assert from 'node:assert/strict';
import type { TicketMove } from '../../../activities/jira/findings/port.ts';
import { paragraph } from '../../../workflows/shared/comment.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { asActivityOf } from '../../support/jira-site.ts';
import { withLoopback, type Respond, type SeenRequest } from '../../support/loopback.ts';
import {
  fieldsAre,
  issueOf,
  issueReply,
  markOf,
  orderOf,
  reply,
  search,
  statusOf,
  ticketsAt,
  useHttp,
} from './finding-site.ts';

const closed = markOf('a', { left: 'closed' });
const move: TicketMove = { issueId: '501', to: 'close', comment: [paragraph('Resolved.')], mark: closed };
const read = (status: string, mark = markOf('a')) =>
  reply('GET', 'issue/501', issueReply('501', 'a', { status, mark }));

interface Way {
  readonly name: string;
  readonly to: string;
  readonly screen?: boolean;
}
const waysAre = (ways: readonly Way[], issueId = '501') =>
  reply('GET', `issue/${issueId}/transitions`, {
    body: {
      transitions: ways.map(({ name, to, screen = true }, index) => ({
        ...{ id: String(index + 11), name, to: statusOf(to), isAvailable: true },
        hasScreen: screen,
      })),
    },
  });
const usual: Way[] = [
  { name: 'Start', to: 'In Progress' },
  { name: 'Close', to: 'Done' },
  { name: "Won't fix", to: "Won't Fix" },
];
const noScreens = usual.map((way) => ({ ...way, screen: false }));
const take = (respond: Respond = { status: 204 }, issueId = '501') =>
  reply('POST', `issue/${issueId}/transitions`, respond);
const put = (respond: Respond = { status: 204 }) => reply('PUT', 'issue/501', respond);
const sent = (seen: readonly SeenRequest[], index: number) => seen[index]?.body as Record<string, unknown>;
const lateMove: Respond = { status: 400, body: { errorMessages: ['It is not valid'], errors: {} } };

describe('finding tickets: moving', () => {
  useHttp();
  const onAttempt = (attempt: number, url: string, moving = move) =>
    asActivityOf('halo-sync:halo', () => ticketsAt(url).move(moving), attempt);

  it('moves, comments and marks in one call where the screen takes a comment', () =>
    withLoopback([read('To Do'), waysAre(usual), take()], async (url, seen) => {
      assert.deepEqual(await ticketsAt(url).move(move), { moved: true });
      const { transition, update, properties } = sent(seen, 2);
      assert.deepEqual(transition, { id: '12' });
      assert.match(JSON.stringify(update), /^{"comment":\[{"add":{"body":.*Resolved\./);
      assert.deepEqual((properties as { value: object }[])[0]?.value, {
        ...{ version: 1, workflowId: 'halo-sync:halo', finding: closed },
      });
    }));

  it('comments and marks first where Jira would drop the comment', () =>
    withLoopback([read('To Do'), waysAre(noScreens), put(), take()], async (url, seen) => {
      assert.deepEqual(await ticketsAt(url).move(move), { moved: true });
      assert.match(JSON.stringify(sent(seen, 2)), /"left":"closed".*"comment".*Resolved\./);
      assert.deepEqual(sent(seen, 3), { transition: { id: '12' } });
    }));

  it('needs one call for a move without a comment', () =>
    withLoopback([read('To Do'), waysAre(noScreens), take()], async (url, seen) => {
      assert.deepEqual(await ticketsAt(url).move({ ...move, comment: null }), { moved: true });
      assert.deepEqual(Object.keys(sent(seen, 2)).toSorted(), ['properties', 'transition']);
    }));

  const names: [string, Way[], string][] = [
    ['CLOSE', usual, '12'],
    ['done', usual, '12'],
    ["won't fix", usual, '13'],
    ['13', usual, '13'],
    ['3', usual, '12'],
    [
      'Done',
      [
        { name: 'Close', to: 'Done' },
        { name: 'Done', to: 'In Progress' },
      ],
      '12',
    ],
  ];
  for (const [to, ways, id] of names)
    it(`takes ${to} for ${id}`, () =>
      withLoopback([read('To Do'), waysAre(ways), take()], async (url, seen) => {
        await ticketsAt(url).move({ ...move, to });
        assert.deepEqual(sent(seen, 2)['transition'], { id });
      }));

  it('is content with a ticket that is there, by the name of the status', () =>
    withLoopback([read('Done', closed)], async (url) =>
      assert.deepEqual(await ticketsAt(url).move({ ...move, to: 'done' }), { moved: false }),
    ));

  it('is content with a ticket that is where the transition leads, and marks it', () =>
    withLoopback([read('Done'), waysAre(usual), put()], async (url, seen) => {
      assert.deepEqual(await ticketsAt(url).move(move), { moved: false });
      assert.deepEqual(Object.keys(sent(seen, 2)), ['properties']);
    }));

  it('reads the ways of a workflow once, and nothing of a ticket that it looked up', () => {
    const found = search(issueOf('501', 'a'), issueOf('502', 'b'));
    const expected = [fieldsAre(), found, waysAre(usual), take(), take(undefined, '502')];
    return withLoopback(expected, async (url) => {
      const tickets = ticketsAt(url);
      await tickets.lookUp(['a', 'b']);
      await tickets.move(move);
      await tickets.move({ ...move, issueId: '502' });
    });
  });

  it('reads the ways again after ten minutes', () => {
    let now = 0;
    const expected = [fieldsAre(), search(issueOf('501', 'a'), issueOf('502', 'b')), waysAre(usual), take()];
    return withLoopback([...expected, waysAre(usual, '502'), take(undefined, '502')], async (url) => {
      const tickets = ticketsAt(url, () => now);
      await tickets.lookUp(['a', 'b']);
      await tickets.move(move);
      now = 600_000;
      await tickets.move({ ...move, issueId: '502' });
    });
  });

  it('looks where new tickets begin once', () => {
    const made = (id: string) => ({ id, key: `SEC-${id}`, self: `https://acme.test/${id}` });
    const first = reply('POST', 'issue/bulk', { status: 201, body: { issues: [made('501'), made('502')] } });
    const next = reply('POST', 'issue/bulk', { status: 201, body: { issues: [made('503')] } });
    const before = [fieldsAre(), first, read('To Do'), waysAre(usual), take()];
    const seconds = [reply('GET', 'issue/502', issueReply('502', 'b')), take(undefined, '502')];
    return withLoopback([...before, ...seconds, next, take(undefined, '503')], async (url) => {
      const tickets = ticketsAt(url);
      await tickets.createMany([orderOf('a'), orderOf('b')]);
      await tickets.move(move);
      await tickets.move({ ...move, issueId: '502' });
      await tickets.createMany([orderOf('c')]);
      await tickets.move({ ...move, issueId: '503' });
    });
  });

  it('names the ways that there are', () => {
    const twice = [read('To Do'), waysAre(usual), read('To Do'), waysAre(usual)];
    return withLoopback(twice, async (url) => {
      const failure = await assertFails(() => ticketsAt(url).move({ ...move, to: 'Finish' }), 'Conflict');
      assert.match(failure.message, /move SEC-501: no transition from To Do is called "Finish"/);
      assert.match(failure.message, /Start \(to In Progress\), Close \(to Done\), Won't fix/);
    });
  });

  it('does not believe what it remembers when nothing fits', () => {
    const found = search(issueOf('501', 'a', { status: 'In Progress' }));
    const expected = [fieldsAre(), found, waysAre([]), read('To Do'), waysAre(usual), take()];
    return withLoopback(expected, async (url) => {
      const tickets = ticketsAt(url);
      await tickets.lookUp(['a']);
      assert.deepEqual(await tickets.move(move), { moved: true });
    });
  });

  const races: [string, string, boolean][] = [
    ['goes on from where somebody put it', 'In Progress', true],
    ['is success when somebody moved it there', 'Done', false],
  ];
  for (const [name, status, moved] of races)
    it(`a refused move ${name}`, () => {
      const rest = moved ? [take()] : [put()];
      const expected = [read('To Do'), waysAre(usual), take(lateMove), read(status), waysAre(usual), ...rest];
      return withLoopback(expected, async (url) =>
        assert.deepEqual(await ticketsAt(url).move(move), { moved }),
      );
    });

  it('says nothing twice when the move after the comment was refused', () => {
    const first = [read('To Do'), waysAre(noScreens), put(), take(lateMove)];
    return withLoopback([...first, read('To Do', closed), waysAre(noScreens), take()], async (url, seen) => {
      assert.deepEqual(await ticketsAt(url).move(move), { moved: true });
      assert.deepEqual(sent(seen, 6), { transition: { id: '12' } });
    });
  });

  const anew = { ...closed, at: '2026-11-22T12:00:00.000Z' };
  it('a later attempt only moves what the earlier one commented on', () =>
    withLoopback([read('To Do', closed), waysAre(noScreens), take()], async (url, seen) => {
      assert.deepEqual(await onAttempt(2, url, { ...move, mark: anew }), { moved: true });
      assert.deepEqual(sent(seen, 2), { transition: { id: '12' } });
    }));

  it('a later attempt does nothing where the earlier one was done', () =>
    withLoopback([read('Done', closed), waysAre(usual)], async (url) =>
      assert.deepEqual(await onAttempt(2, url, { ...move, mark: anew }), { moved: false }),
    ));

  it('a later attempt knows its own move in a workflow with no way on', () => {
    const again = [read('Done', closed), waysAre([]), read('Done', closed), waysAre([])];
    return withLoopback(again, async (url) =>
      assert.deepEqual(await onAttempt(2, url, { ...move, mark: anew }), { moved: false }),
    );
  });

  it('a later attempt that finds the ticket open and no way names the ways', () => {
    const again = [read('To Do', closed), waysAre([]), read('To Do', closed), waysAre([])];
    return withLoopback(again, async (url) => {
      await assertFails(() => onAttempt(2, url), 'Conflict');
    });
  });

  it('a first attempt comments though the mark says closed: a person reopened it', () =>
    withLoopback([read('To Do', closed), waysAre(usual), take()], async (url, seen) => {
      await onAttempt(1, url);
      assert.match(JSON.stringify(sent(seen, 2)), /Resolved\./);
    }));

  describe('when Jira fails', () => {
    useHttp(100);
    for (const [name, respond, type] of vendorFailures) {
      // a refusal of the move is judged by a second look
      const isLooked = type === 'NotFound' || type === 'Conflict';
      const again = isLooked ? [read('To Do'), waysAre(usual), take(respond)] : [];
      it(`moving meets ${name}: ${type}`, () =>
        withLoopback([read('To Do'), waysAre(usual), take(respond), ...again], async (url) => {
          await assertFails(() => ticketsAt(url).move(move), type, respond);
        }));
      it(`listing the ways meets ${name}: ${type}`, () =>
        withLoopback([read('To Do'), reply('GET', 'issue/501/transitions', respond)], async (url) => {
          await assertFails(() => ticketsAt(url).move(move), type, respond);
        }));
    }
  });
});
