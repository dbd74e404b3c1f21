import assert from 'node:assert/strict';
import { paragraph } from '../../../workflows/shared/comment.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { withLoopback, type Expected, type Respond } from '../../support/loopback.ts';
import { markOf, reply, ticketsAt, useHttp } from './finding-site.ts';

const mark = markOf('a');
const put = (respond: Respond = { status: 204 }) => reply('PUT', 'issue/501', respond);
const property = { key: 'lockkeeper', value: { version: 1, workflowId: 'halo-sync:halo', finding: mark } };

describe('finding tickets: members of a group', () => {
  useHttp();
  const memberOf = (index: number) => ({
    ...{ id: `id-${index}`, name: 'n'.repeat(100), asset: 'web-1', severity: 'high' },
    since: '2026-11-22T10:00:00.000Z',
  });
  const members = Array.from({ length: 300 }, (_, index) => memberOf(index));
  const write = { issueId: '501', summary: 'Three', description: [paragraph('Table.')], mark };
  const propertiesAre = (properties: object): Expected =>
    reply('GET', 'issue/501', { body: { id: '501', key: 'SEC-501', fields: {}, properties } });
  type Properties = { key: string; value: { chunks?: number; members: unknown[] } }[];
  const sent = (body: unknown) => (body as { properties: Properties }).properties;
  const stored = (list: Properties) => Object.fromEntries(list.map(({ key, value }) => [key, value]));

  it('writes chunks below 30 KB, the text and the mark in one call, and reads them again', async () => {
    let written: Properties = [];
    await withLoopback([put()], async (url, seen) => {
      await ticketsAt(url).writeMembers({ ...write, members });
      written = sent(seen[0]?.body);
      assert.deepEqual(written.at(-1), property);
      assert.equal(written.length > 2, true);
      assert.equal(written[0]?.value.chunks, written.length - 1);
      assert.equal(
        written.every(({ value }) => JSON.stringify(value).length < 32_000),
        true,
      );
      assert.equal((seen[0]?.body as { fields: { summary: string } }).fields.summary, 'Three');
    });
    await withLoopback([propertiesAre(stored(written))], async (url, seen) => {
      assert.deepEqual(await ticketsAt(url).readMembers('501'), members);
      assert.equal(seen[0]?.query.get('properties'), '*all');
    });
  });

  it('sends only the chunks that changed since they were read', async () => {
    let written: Properties = [];
    await withLoopback([put()], async (url, seen) => {
      await ticketsAt(url).writeMembers({ ...write, members });
      written = sent(seen[0]?.body).slice(0, -1);
    });
    const keysOf = (body: unknown) => sent(body).map(({ key }) => key);
    await withLoopback([propertiesAre(stored(written)), put(), put(), put()], async (url, seen) => {
      const tickets = ticketsAt(url);
      await tickets.readMembers('501');
      const last = written.at(-1)?.key;
      await tickets.writeMembers({ ...write, members: [...members, memberOf(300)] });
      assert.deepEqual(keysOf(seen[1]?.body), [last, 'lockkeeper']);
      // what was written may not have arrived: the next time everything goes
      await tickets.writeMembers({ ...write, members });
      assert.equal(keysOf(seen[2]?.body).length, written.length + 1);
      await tickets.writeMembers({ ...write, members: [] });
      assert.deepEqual(sent(seen[3]?.body)[0], {
        key: 'lockkeeper-members-0',
        value: { chunks: 1, members: [] },
      });
    });
  });

  it('empties what a shorter list leaves over', () => {
    const chunk = (index: number) => ({ members: [memberOf(index)] });
    const properties = {
      'lockkeeper-members-0': { chunks: 2, ...chunk(0) },
      'lockkeeper-members-1': chunk(1),
    };
    return withLoopback([propertiesAre(properties), put()], async (url, seen) => {
      const tickets = ticketsAt(url);
      assert.equal((await tickets.readMembers('501')).length, 2);
      await tickets.writeMembers({ ...write, members: [memberOf(0)] });
      const [first, second] = sent(seen[1]?.body);
      assert.equal(first?.value.chunks, 1);
      assert.deepEqual(second, { key: 'lockkeeper-members-1', value: { members: [] } });
    });
  });

  const spoilt: [string, object, number][] = [
    ['nothing', {}, 0],
    ['a text', { 'lockkeeper-members-0': 'mine' }, 0],
    ['a member that is none', { 'lockkeeper-members-0': { chunks: 1, members: [7, memberOf(1)] } }, 1],
    ['a member twice', { 'lockkeeper-members-0': { chunks: 1, members: [memberOf(1), memberOf(1)] } }, 1],
    ['a chunk that is gone', { 'lockkeeper-members-0': { chunks: 3, members: [memberOf(1)] } }, 1],
    ['a chunk beyond the count', { 'lockkeeper-members-1': { members: [memberOf(1)] } }, 0],
  ];
  for (const [name, properties, count] of spoilt)
    it(`reads ${name}`, () =>
      withLoopback([propertiesAre(properties)], async (url) =>
        assert.equal((await ticketsAt(url).readMembers('501')).length, count),
      ));

  describe('when Jira fails', () => {
    useHttp(100);
    for (const [name, respond, type] of vendorFailures) {
      it(`reading members meets ${name}: ${type}`, () =>
        withLoopback([reply('GET', 'issue/501', respond)], async (url) => {
          await assertFails(() => ticketsAt(url).readMembers('501'), type, respond);
        }));
      it(`writing members meets ${name}: ${type}`, () =>
        withLoopback([put(respond)], async (url) => {
          await assertFails(() => ticketsAt(url).writeMembers({ ...write, members: [] }), type, respond);
        }));
    }
  });
});
