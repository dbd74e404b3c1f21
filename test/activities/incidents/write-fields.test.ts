import assert from 'node:assert/strict';
import { hashOf } from '../../../activities/incidents/hash.ts';
import { toCaseValue } from '../../../activities/incidents/transform.ts';
import type { FieldMap, Side } from '../../../workflows/incident-sync/sides.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { createFakePair, description, mapped, title, type FakePair } from './fake-pair.ts';

describe('writing fields', () => {
  let world: FakePair;
  let pair: ReturnType<FakePair['pair']>;
  beforeEach(() => {
    world = createFakePair();
    pair = world.pair();
  });
  const both = () => ({
    one: world.cases.of(pair.caseId).one.fields,
    issue: world.tickets.of(pair.issueId).fields,
  });
  const editCase = (fields: object) =>
    world.cases.change(pair.caseId, { fields: { ...both().one, ...fields } });
  const editIssue = (fields: Record<string, string | readonly string[]>) =>
    world.tickets.edit(pair.issueId, fields);
  const notes = () => world.tickets.notesOf(pair.issueId);
  /** As a plan has it that saw both sides as they are now, unless `known` says otherwise. */
  function write(
    to: Side,
    own: { fields?: readonly FieldMap[]; losers?: string[]; known?: Record<string, string> } = {},
  ) {
    const { fields = [title, description], losers = [], known = {} } = own;
    return world.port.writeFields({ ...pair.at(`fields-to-${to}`), to, fields, losers, known });
  }

  it('writes what differs, in one call, and once', async () => {
    editCase({ title: 'From AWS', description: 'Seen twice.' });
    const { fields, kept } = await write('issue');
    assert.deepEqual(both().issue, { summary: 'From AWS', description: 'Seen twice.' });
    const hash = hashOf('From AWS');
    assert.deepEqual([fields[title.key], kept], [{ case: hash, issue: hash }, []]);
    await write('issue');
    assert.deepEqual(world.tickets.calls, ['writeFields summary,description']);
    assert.deepEqual(notes(), []);
  });

  it('writes nothing where both say the same but for line ends', async () => {
    editCase({ description: 'one\r\ntwo  ' });
    editIssue({ description: 'one\ntwo' });
    await write('issue');
    await write('case');
    assert.deepEqual([world.cases.calls, world.tickets.calls], [[], []]);
  });

  it('keeps the loser’s value in a comment before it is replaced, once (B11)', async () => {
    editCase({ title: 'What AWS says' });
    editIssue({ summary: 'What Jira says' });
    const known = { [title.key]: hashOf('What Jira says') };
    const { kept } = await write('issue', { losers: [title.key], known });
    assert.deepEqual([both().issue['summary'], kept], ['What AWS says', []]);
    const [keep, put] = world.tickets.calls;
    assert.match(keep ?? '', /^ensureComment .*-kept-/);
    assert.equal(put, 'writeFields summary');
    assert.match(
      notes().join(),
      /^Both sides had changed “summary”\. This stood in this issue and was replaced:\n\nWhat Jira says$/,
    );
  });

  it('keeps the case’s value in Jira, too, when the case loses', async () => {
    editCase({ title: 'What AWS says' });
    editIssue({ summary: 'What Jira says' });
    await write('case', { losers: [title.key] });
    assert.equal(both().one.title, 'What Jira says');
    assert.match(notes().join(), /stood in the AWS case and was replaced:\n\nWhat AWS says$/);
  });

  it('loses nothing when the write fails after the comment: the repeat has one comment', async () => {
    editCase({ title: 'What AWS says' });
    editIssue({ summary: 'What Jira says' });
    world.tickets.failing.writeFields = [new Error('reset')];
    await assert.rejects(write('issue', { losers: [title.key] }));
    await write('issue', { losers: [title.key] });
    assert.equal(both().issue['summary'], 'What AWS says');
    assert.equal(notes().length, 1);
  });

  it('keeps what the plan did not know, and says so', async () => {
    const known = { [title.key]: hashOf('What the plan saw') };
    editCase({ title: 'What AWS says' });
    editIssue({ summary: 'Written since' });
    assert.deepEqual((await write('issue', { known })).kept, [title.key]);
    assert.match(notes().join(), /Written since$/);
    editIssue({ summary: 'Back' });
    editCase({ title: 'Written there since' });
    assert.deepEqual((await write('case', { known })).kept, [title.key]);
    assert.match(notes().at(-1) ?? '', /Written there since$/);
  });

  it('S-59: keeps what the change log says stood there, when somebody wrote between our look and our write', async () => {
    editCase({ title: 'What AWS says' });
    world.tickets.beforeWrite = () => editIssue({ summary: 'In between' });
    const { kept } = await write('issue', { known: { [title.key]: hashOf('Leaked key') } });
    assert.deepEqual([both().issue['summary'], kept], ['What AWS says', [title.key]]);
    assert.deepEqual(notes().length, 1);
    assert.match(notes().join(), /In between$/);
  });

  it('keeps no empty value and none that is the same', async () => {
    editCase({ title: 'Same', description: 'New.' });
    editIssue({ summary: 'Same ', description: '' });
    await write('issue', { losers: [title.key, description.key] });
    assert.deepEqual([notes(), both().issue['description']], [[], 'New.']);
  });

  it('what a person makes of it while it is written is not taken for ours', async () => {
    editCase({ title: 'What AWS says' });
    const put = world.tickets.writeFields.bind(world.tickets);
    world.tickets.writeFields = async (...given) => {
      const before = await put(...given);
      editIssue({ summary: 'Better' });
      return before;
    };
    const { fields } = await write('issue');
    // so that the next look finds it changed
    assert.equal(fields[title.key]?.issue, hashOf('What AWS says'));
  });

  it('B13: what Jira cuts off is what stands there, and does not come back', async () => {
    const long = 'x'.repeat(300);
    editCase({ title: long });
    const { fields } = await write('issue');
    assert.equal(both().issue['summary'], 'x'.repeat(255));
    assert.deepEqual(fields[title.key], { case: hashOf(long), issue: hashOf('x'.repeat(255)) });
  });

  it('B13: what AWS would refuse is cut before it is sent', async () => {
    editIssue({ description: 'x'.repeat(9_000) });
    const { fields } = await write('case');
    const stored = String(both().one.description);
    assert.equal(stored.length, 8_000);
    assert.deepEqual(fields[description.key], { case: hashOf(stored), issue: hashOf(stored) });
  });

  it('B12: an emptied description is sent as AWS takes it, and stays empty in Jira', async () => {
    editIssue({ description: '' });
    const { fields } = await write('case');
    assert.equal(both().one.description, '(empty)');
    // what stands on each side is the base: neither is changed at the next look
    assert.deepEqual(fields[description.key], { case: hashOf('(empty)'), issue: hashOf('') });
  });

  it('gives Jira no issue without a summary', async () => {
    editCase({ title: ' ', description: 'New.' });
    await write('issue');
    assert.deepEqual(both().issue, { summary: 'Leaked key', description: 'New.' });
  });

  it('leaves out a field that the issue’s project does not have', async () => {
    const absent = mapped('closureCode', 'Closure code');
    editCase({ title: 'New', closureCode: 'Investigation Completed' });
    const { fields } = await write('issue', { fields: [title, absent] });
    assert.deepEqual(world.tickets.calls, ['writeFields summary']);
    assert.deepEqual(Object.keys(fields), [title.key]);
  });

  it('moves lists and renamed values', async () => {
    const accounts = mapped('impactedAccounts', 'Accounts', { values: { '111111111111': 'prod' } });
    editIssue({ Accounts: [] });
    await write('issue', { fields: [accounts] });
    assert.deepEqual(both().issue['Accounts'], ['prod']);
    editIssue({ Accounts: ['222222222222', 'prod'] });
    const { fields } = await write('case', { fields: [accounts] });
    assert.deepEqual(both().one.impactedAccounts, ['222222222222', '111111111111']);
    const hash = hashOf(['111111111111', '222222222222']);
    assert.deepEqual(fields[accounts.key], { case: hash, issue: hash });
  });

  it('a list that a line of Jira cuts off is no edit of the case, and never cuts the case', async () => {
    const accounts = mapped('impactedAccounts', 'Accounts');
    const all = Array.from({ length: 30 }, (_, index) => String(100_000_000_000 + index));
    editCase({ impactedAccounts: all });
    const line = `${all.join(', ').slice(0, 254)}…`;
    editIssue({ Accounts: '' });
    const put = world.tickets.writeFields.bind(world.tickets);
    world.tickets.writeFields = async (issueId, given) =>
      put(issueId, 'Accounts' in given ? { ...given, Accounts: line } : given);
    const { fields } = await write('issue', { fields: [accounts] });
    assert.equal(fields[accounts.key]?.issue, hashOf(toCaseValue(accounts, line)));
    editIssue({ summary: 'New', Accounts: `999999999999, ${line}` });
    await assertFails(() => write('case', { fields: [title, accounts] }), 'InvalidInput');
    assert.deepEqual([both().one.title, both().one.impactedAccounts], ['New', all]);
  });

  it('writes nothing when one of the two cannot be read', async () => {
    editCase({ title: 'New' });
    await assertFails(
      () =>
        world.port.writeFields({
          ...pair.at('x'),
          issueId: '99',
          to: 'case',
          fields: [title],
          losers: [],
          known: {},
        }),
      'NotFound',
    );
    assert.deepEqual(world.cases.calls, []);
  });
});
