import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import os from 'node:os';
import { toSafeName } from '../../../activities/incidents/copy-attachment.ts';
import { createFailure, type FailureType } from '../../../workflows/shared/failures.ts';
import type { Side } from '../../../workflows/incident-sync/sides.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { ownRole } from './fake-cases.ts';
import { createFakePair, type FakePair } from './fake-pair.ts';

const shaOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);
const failure = (type: FailureType) => createFailure(type, `it is ${type}`);

describe('copying a file', () => {
  let world: FakePair;
  let pair: ReturnType<FakePair['pair']>;
  beforeEach(() => {
    world = createFakePair();
    pair = world.pair();
  });
  const copy = (origin: Side, id: string, there: readonly string[] = []) =>
    world.port.copyAttachment({ ...pair.at(`attachment-${origin}-${id}`), origin, id, there });
  const fromCase = (name: string, text: string, own: Parameters<typeof world.cases.attach>[3] = {}) =>
    world.cases.attach(pair.caseId, name, text, own);
  const fromIssue = (name: string, text: string) => world.tickets.attach(pair.issueId, name, text);
  const inCase = () => world.cases.of(pair.caseId).one.attachments.map(({ fileName }) => fileName);
  const inIssue = () => world.tickets.of(pair.issueId).attachments.map(({ fileName }) => fileName);
  const said = {
    case: () => world.cases.of(pair.caseId).comments.map(({ body }) => body),
    issue: () => world.tickets.notesOf(pair.issueId),
  };
  const uploads = () =>
    [...world.cases.calls, ...world.tickets.calls].filter((one) => one.startsWith('upload'));

  it('brings the bytes to the other side, and says their hash and their id there (B10)', async () => {
    const there = await copy('case', fromCase('flows.csv', 'a,b\n'));
    assert.deepEqual(there, {
      state: 'copied',
      sha256: shaOf('a,b\n'),
      copyId: world.tickets.of(pair.issueId).attachments[0]?.id,
    });
    const back = await copy('issue', fromIssue('memo.txt', 'rotated\n'));
    assert.deepEqual([back.state, world.cases.bytesOf(pair.caseId, 'memo.txt')], ['copied', 'rotated\n']);
    assert.deepEqual([said.case(), said.issue()], [[], []]);
  });

  for (const origin of ['case', 'issue'] as const) {
    const from = (name: string, text: string) => (origin === 'case' ? fromCase : fromIssue)(name, text);
    const told = () => said[origin === 'case' ? 'issue' : 'case']();

    it(`sends nothing that the other side has by its content (${origin})`, async () => {
      const id = from('other-name.txt', 'same');
      const result = await copy(origin, id, [shaOf('x'), shaOf('same')]);
      assert.deepEqual([result, uploads()], [{ state: 'same', sha256: shaOf('same'), copyId: null }, []]);
    });

    for (const [size, state] of [
      [2_000, 'copied'],
      [2_001, 'linked'],
    ] as const)
      it(`of ${size} bytes (${origin}): ${state}`, async () => {
        const result = await copy(origin, from('dump.bin', 'x'.repeat(size)));
        assert.deepEqual([result.state, uploads().length], [state, state === 'copied' ? 1 : 0]);
        const where = origin === 'case' ? `AWS case arn:aws:security-ir:` : `/browse/INC-${pair.issueId})`;
        const named = told().filter(
          (text) =>
            text.includes('dump.bin') && text.includes(where) && text.includes('larger than 2000 bytes'),
        );
        assert.equal(named.length, state === 'linked' ? 1 : 0);
      });

    it(`is bounded where nobody says the size (${origin})`, async () => {
      const id = from('dump.bin', 'x'.repeat(5_000));
      const side = origin === 'case' ? world.cases : world.tickets;
      const bytes = async function* () {
        for (;;) yield Buffer.alloc(700);
      };
      side.download = (async () => ({ body: bytes(), size: null })) as never;
      if (origin === 'issue')
        world.tickets.change(pair.issueId, {
          attachments: world.tickets.of(pair.issueId).attachments.map((one) => ({ ...one, size: 0 })),
        });
      assert.equal((await copy(origin, id)).state, 'linked');
      assert.equal(told().length, 1);
    });

    it(`names an empty one, which AWS does not take (${origin})`, async () => {
      const result = await copy(origin, from('empty.txt', ''));
      assert.deepEqual([result.state, uploads()], ['linked', []]);
      assert.match(told().join(), /because it is empty: empty\.txt \(0 bytes, SHA-256 [0-9a-f]{32}\)$/);
    });

    it(`names one that is refused there, once for all tries (${origin})`, async () => {
      const id = from('tool.exe', 'MZ');
      const side = origin === 'case' ? world.tickets : world.cases;
      side.failing.upload = [failure('InvalidInput'), failure('InvalidInput')];
      for (let tries = 0; tries < 2; tries += 1) assert.equal((await copy(origin, id)).state, 'linked');
      assert.equal(told().length, 1);
      assert.match(told().join(), /was refused there: tool\.exe/);
    });

    for (const type of ['Unavailable', 'PermissionDenied'] as const)
      it(`fails as such for ${type} (${origin}), and leaves no file behind`, async () => {
        const id = from('flows.csv', 'a,b\n');
        (origin === 'case' ? world.tickets : world.cases).failing.upload = [failure(type)];
        const left = async () =>
          (await readdir(os.tmpdir())).filter((name) => name.startsWith('lockkeeper-file-')).length;
        const before = await left();
        await assertFails(() => copy(origin, id), type);
        assert.deepEqual([await left(), told()], [before, []]);
      });

    it(`is there once after a lost answer (${origin})`, async () => {
      const id = from('flows.csv', 'a,b\n');
      (origin === 'case' ? world.tickets : world.cases).lost.add('upload');
      await assertFails(() => copy(origin, id), 'Unavailable');
      const { state, copyId } = await copy(origin, id);
      assert.deepEqual([state, inCase().length, inIssue().length], ['copied', 1, 1]);
      assert.ok(copyId);
    });

    it(`two of one name and size are two (${origin})`, async () => {
      const [first, second] = [from('log.txt', 'one'), from('log.txt', 'two')];
      const results = [await copy(origin, first), await copy(origin, second)];
      const names = origin === 'case' ? inIssue() : inCase();
      assert.deepEqual(names, ['log.txt', `log-${shaOf('two').slice(0, 8)}.txt`]);
      // a repeat finds each
      assert.deepEqual([await copy(origin, first), await copy(origin, second)], results);
      assert.equal((origin === 'case' ? inIssue() : inCase()).length, 2);
    });
  }

  it('a file that people put into the case under the same name is another', async () => {
    fromCase('memo.txt', 'of AWS');
    const { state } = await copy('issue', fromIssue('memo.txt', 'of Jira'));
    const second = `memo-${shaOf('of Jira').slice(0, 8)}.txt`;
    assert.deepEqual([state, inCase()], ['copied', ['memo.txt', second]]);
    assert.equal(world.cases.bytesOf(pair.caseId, second), 'of Jira');
  });

  it('what AWS has not checked yet is taken for ours only if we put it there, for the first of its name', async () => {
    const [first, second] = [fromIssue('log.txt', 'one'), fromIssue('log.txt', 'two')];
    const pending = fromCase('log.txt', 'one', { status: 'Pending', creator: `${ownRole}/worker-2` });
    assert.equal((await copy('issue', first)).copyId, pending);
    assert.notEqual((await copy('issue', second)).copyId, pending);
    const theirs = fromCase('memo.txt', 'x', { status: 'Pending' });
    assert.notEqual((await copy('issue', fromIssue('memo.txt', 'y'))).copyId, theirs);
  });

  for (const status of ['Pending', 'Failed'] as const)
    it(`copies nothing that AWS calls ${status}, and asks for no bytes of it`, async () => {
      const id = fromCase('bad.bin', 'x', { status });
      assert.deepEqual(await copy('case', id), { state: 'refused', sha256: null, copyId: null });
      assert.deepEqual([world.cases.calls, world.tickets.calls], [[], []]);
    });

  it('what is gone meanwhile is refused', async () => {
    assert.equal((await copy('issue', '99')).state, 'refused');
    assert.equal((await copy('case', 'a-99')).state, 'refused');
  });
});

describe('the name of a file in a case', () => {
  const sha = '0123456789abcdef';
  const table: readonly [string, string][] = [
    ['flows.csv', 'flows.csv'],
    ['böses memo.txt', 'bo_ses_memo-01234567.txt'],
    ['../../etc/passwd', 'etc_passwd-01234567'],
    ['.env', 'file-01234567.env'],
    ['日本.log', 'file-01234567.log'],
    ['🔥', 'file-01234567'],
    ['', 'file-01234567'],
    ['a\nb.txt', 'a_b-01234567.txt'],
    [`${'x'.repeat(260)}.txt`, `${'x'.repeat(200)}-01234567.txt`],
    [`${'x'.repeat(251)}.txt`, `${'x'.repeat(251)}.txt`],
  ];
  for (const [name, expected] of table)
    it(`${JSON.stringify(name.slice(0, 30))} is ${expected.slice(0, 30)}`, () => {
      const safe = toSafeName(name, sha);
      assert.equal(safe, expected);
      assert.match(safe, /^[a-zA-Z0-9._-]{1,255}$/);
    });

  it('tells names apart that become alike', () => {
    assert.notEqual(toSafeName('日本.log', shaOf('a')), toSafeName('中国.log', shaOf('b')));
  });
});
