import assert from 'node:assert/strict';
import { idField, startFindingVendors } from '../../support/finding-vendors.ts';
import type { PageResult } from '../../../workflows/halo-sync/messages.ts';
import { routeOfTests } from '../../support/finding-fakes.ts';

const only = { sva: 1, csm: 1, fim: 1, lids: 1 };
const some = ({ counts }: PageResult) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

describe('findings from Halo to Jira, by the real adapters', function () {
  this.timeout(30_000);
  let vendors: Awaited<ReturnType<typeof startFindingVendors>>;
  before(async () => void (vendors = await startFindingVendors()));
  beforeEach(() => vendors.reset());
  after(() => vendors.stop());

  async function idsInJira(): Promise<string[]> {
    return (await vendors.tickets()).map(({ fields }) => String(fields[idField]));
  }
  async function assertOnce(count: number) {
    const ids = await idsInJira();
    assert.deepEqual([ids.length, new Set(ids).size], [count, count]);
  }

  it('creates all pages once, with few calls, and has nothing to do afterwards', async () => {
    await vendors.person.seed({ count: 250, seed: 1, types: only });
    assert.deepEqual(some(await vendors.untilDone()), { listed: 250, created: 250 });
    await assertOnce(250);
    const before = [await vendors.control.calls(), await vendors.person.calls()];
    assert.deepEqual(some(await vendors.untilDone()), { listed: 250, unchanged: 250 });
    const after = [await vendors.control.calls(), await vendors.person.calls()];
    const calls = after.map(({ total }, index) => total - (before[index]?.total ?? 0));
    assert.ok((calls[0] ?? 0) + (calls[1] ?? 0) <= 12, `${calls.join(' + ')} calls`);
  });

  it('comments a new finding, closes what is resolved, reopens what comes back, each in one write', async () => {
    await vendors.person.seed({ count: 20, seed: 2, types: only });
    await vendors.untilDone();
    await vendors.person.change({ first: 3 });
    assert.deepEqual(some(await vendors.untilDone()), {
      ...{ listed: 20, unchanged: 17, updated: 3, commented: 3 },
    });
    const { ids } = await vendors.person.resolve({ first: 4 });
    assert.deepEqual(some(await vendors.untilDone({ stage: 'resolved' })), { listed: 4, closed: 4 });
    const closed = (await vendors.tickets()).filter(({ fields }) => fields.status.name === 'Done');
    assert.deepEqual(closed.map(({ fields }) => String(fields[idField])).sort(), [...ids].sort());
    await vendors.person.reopen({ first: 4 });
    assert.equal((await vendors.untilDone()).counts.reopened, 4);
    assert.deepEqual(some(await vendors.untilDone()), { listed: 20, unchanged: 20 });
  });

  it('survives a storm of 429 and 503: every finding once', async () => {
    await vendors.person.seed({ count: 230, seed: 3, types: only });
    for (let n = 0; n < 6; n += 1) {
      await vendors.control.addFault({
        match: { method: 'POST', path: n % 2 === 0 ? '/issue/bulk$' : '/search/jql$' },
        ...{ mode: 'status', status: n % 3 === 0 ? 503 : 429, headers: { 'retry-after': '0' } },
      });
      await vendors.person.addFault({ match: { path: '/v3/issues' }, mode: 'status', status: 500 });
    }
    const done = await vendors.untilDone({ policy: { indexLagSeconds: 1 } }, 30);
    assert.equal(done.counts.parked, 0);
    await assertOnce(230);
  });

  it('a lost answer to the create call makes no second ticket, though search is late', async () => {
    await vendors.person.seed({ count: 60, seed: 4, types: only });
    await vendors.control.post('late-index', { ms: 1_500 });
    await vendors.control.addFault({ match: { path: '/issue/bulk$' }, mode: 'lost' });
    const done = await vendors.untilDone({ policy: { indexLagSeconds: 4 } });
    assert.equal(done.counts.created, 60);
    await assertOnce(60);
  });

  it('an attempt that died after the create call: the next finds its tickets', async () => {
    await vendors.person.seed({ count: 30, seed: 5, types: only });
    await vendors.control.post('late-index', { ms: 1_000 });
    const died = await vendors.page();
    assert.equal(died.result?.counts.created, 30);
    // nothing of it is known to the next attempt
    const next = await vendors.page({ policy: { indexLagSeconds: 4 } }, { n: 2 });
    assert.equal(next.result?.counts.created, 0);
    await assertOnce(30);
  });

  it('two passes at once in two workers, the second with what the first has made: one ticket each', async () => {
    await vendors.person.seed({ count: 40, seed: 6, types: only });
    await vendors.control.post('late-index', { ms: 60_000 });
    const first = await vendors.page();
    const second = await vendors.page({ recent: first.result?.created ?? [] });
    assert.deepEqual(second.result && some(second.result), { listed: 40, unchanged: 40 });
    await assertOnce(40);
  });

  it('goes on after a page that failed', async () => {
    await vendors.person.seed({ count: 350, seed: 7, types: only });
    const match = { path: String.raw`/v3/issues\?` };
    await vendors.person.addFault({ match, mode: 'delay', ms: 1, times: 2 });
    await vendors.person.addFault({ match, mode: 'status', status: 502 });
    const done = await vendors.untilDone();
    assert.deepEqual(some(done), { listed: 350, created: 350 });
    const failed = (await vendors.person.requests()).filter((call) => call.status === 502);
    assert.equal(failed.length, 1);
    await assertOnce(350);
  });

  it('a session that ends in mid-run is begun anew, once', async () => {
    await vendors.person.tokenLifetime(3_600);
    await vendors.person.seed({ count: 120, seed: 8, types: only });
    const hold = await vendors.person.addFault({
      match: { path: '/findings/' },
      mode: 'delay',
      ms: 50,
      times: 5,
    });
    assert.ok(hold.id);
    const running = vendors.untilDone();
    await vendors.person.expireTokens();
    assert.equal((await running).counts.created, 120);
    const { byKind } = await vendors.person.calls();
    assert.ok((byKind['token'] ?? 0) <= 3, JSON.stringify(byKind));
  });

  it('a finding, an asset or a CVE that is gone leaves the ticket without it, and nobody else’s data', async () => {
    const { ids } = await vendors.person.seed({ count: 10, seed: 9, types: { sva: 1 } });
    await vendors.person.removeFinding({ ids: ids.slice(0, 2) });
    await vendors.person.retire({ ids: ids.slice(2, 4), keepIssues: true });
    const done = await vendors.untilDone();
    assert.deepEqual([done.counts.created, done.counts.parked], [10, 0]);
  });

  it('retired assets: their issues answer 404, and a reconcile closes the tickets', async () => {
    await vendors.person.seed({ count: 30, seed: 10, types: only });
    await vendors.untilDone();
    const { ids } = await vendors.person.retire({ first: 1 });
    const done = await vendors.untilDone({ kind: 'reconcile', stage: 'missing' });
    assert.equal(done.counts.missing, ids.length);
    const open = (await vendors.tickets()).filter(({ fields }) => fields.status.name !== 'Done');
    assert.equal(open.length, 30 - ids.length);
  });

  it('cuts names of 10,000 characters and attaches the whole', async () => {
    await vendors.person.seed({ count: 3, seed: 11, types: only, longNames: 3 });
    assert.deepEqual(some(await vendors.untilDone()), { listed: 3, created: 3 });
    for (const { fields } of await vendors.tickets()) {
      assert.ok(fields.summary.length <= 255);
      const names = (fields['attachment'] as { filename: string }[]).map(({ filename }) => filename);
      assert.deepEqual(names, ['finding.json']);
    }
  });

  it('skips unknown types and parks what Jira refuses, with the field’s name', async () => {
    const { ids } = await vendors.person.seed({ count: 4, seed: 12, types: only });
    await vendors.person.setType({ ids: ids.slice(0, 1), type: 'hologram' });
    const route = { ...routeOfTests, issueType: 'Audited Finding' };
    const done = await vendors.untilDone({ policy: { routes: [route] } });
    assert.deepEqual(some(done), { listed: 4, skipped: 1, parked: 3 });
    assert.match(done.parked[0]?.reason ?? '', /Owner Team/);
    const mapped = { routes: [route], static: [{ to: 'Owner Team', value: 'platform' }] };
    const again = await vendors.untilDone({ stage: 'parked', ids: ids.slice(1), policy: mapped });
    assert.deepEqual([again.unparked.length, again.counts.created], [3, 3]);
  });

  it('a ticket that was moved to another project, or made another type, is the same ticket', async () => {
    await vendors.person.seed({ count: 2, seed: 13, types: only });
    await vendors.untilDone();
    const [first, second] = await vendors.tickets();
    await vendors.control.post('move', { as: 'ann', issue: first?.key, project: 'VULN' });
    await vendors.control.post('move', { as: 'ann', issue: second?.key, type: 'Task' });
    await vendors.person.change({ first: 2 });
    assert.deepEqual(some(await vendors.untilDone()), { listed: 2, updated: 2, commented: 2 });
    await assertOnce(2);
  });

  it('in a project without screens the comment comes first and the move after it: both are there', async () => {
    const route = { ...routeOfTests, project: 'VULN' };
    await vendors.person.seed({ count: 1, seed: 14, types: only });
    await vendors.untilDone({ policy: { routes: [route] } });
    await vendors.person.resolve({ first: 1, comment: 'patched' });
    assert.equal((await vendors.untilDone({ stage: 'resolved' })).counts.closed, 1);
    const [ticket] = await vendors.tickets();
    const { comments } = ticket?.fields['comment'] as { comments: unknown[] };
    assert.deepEqual([ticket?.fields.status.name, comments.length], ['Done', 1]);
  });
});
