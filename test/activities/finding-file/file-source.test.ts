import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ListQuery } from '../../../activities/findings/source.ts';
import { createFileSource } from '../../../activities/finding-file/client.ts';
import { failureType } from '../../../workflows/shared/failures.ts';

const sample = (name: string) => fileURLToPath(new URL(`../../../samples/findings/${name}`, import.meta.url));
const everything = { since: null, criticalOnly: false, filters: {} };
const active = { ...everything, status: 'active' } as const;
const resolved = { ...everything, status: 'resolved' } as const;

describe('findings of a file', () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'lockkeeper-findings-'))));
  after(() => rm(folder, { recursive: true }));
  async function sourceOf(document: unknown, format: 'json' | 'sarif' = 'json') {
    const file = path.join(folder, 'findings');
    await writeFile(file, typeof document === 'string' ? document : JSON.stringify(document));
    return { file, source: createFileSource({ path: file, format }) };
  }
  const many = (count: number) => ({
    findings: Array.from({ length: count }, (_, index) => ({ id: `f-${index}`, name: `Finding ${index}` })),
  });

  it('reads the sample of the generic form', async () => {
    const source = createFileSource({ path: sample('findings.json'), format: 'json' });
    const { findings } = await source.list(active, null);
    const [finding] = findings;
    assert.deepEqual(
      [
        finding?.id,
        finding?.severity,
        finding?.critical,
        finding?.asset?.name,
        finding?.fields['issue.owner'],
      ],
      ['bucket-public-1', 'critical', true, 'acme-exports', 'data'],
    );
    const gone = await source.list(resolved, null);
    assert.deepEqual(
      [gone.findings[0]?.id, gone.findings[0]?.resolvedAt],
      ['key-age-7', '2026-10-03T08:00:00.000Z'],
    );
  });

  it('reads the sample of SARIF: fingerprint, rule, score, suppression', async () => {
    const source = createFileSource({ path: sample('findings.sarif'), format: 'sarif' });
    const [finding] = (await source.list(active, null)).findings;
    assert.deepEqual(
      [finding?.id, finding?.name, finding?.severity, finding?.asset?.name],
      ['sarif-6fd402f0443a3865d72e4f1173fa68f6', 'SQL built from user input', 'critical', 'src/orders.ts'],
    );
    const [suppressed] = (await source.list(resolved, null)).findings;
    assert.equal(suppressed?.resolutionComment, 'a cache key, no secret');
    const details = finding && (await source.details(finding, { asset: true, latest: true, cves: true }));
    assert.deepEqual(details?.latest?.items, ['src/orders.ts:42']);
    assert.equal(details.latest.rows[0]?.value, 'The query is built from request.query.name.');
    assert.match(details.raw, /EX001/);
  });

  it('goes page by page, and notices a file that was replaced meanwhile', async () => {
    const { source, file } = await sourceOf(many(250));
    const first = await source.list(active, null);
    const second = await source.list(active, first.next);
    const third = await source.list(active, second.next);
    assert.deepEqual(
      [first, second, third].map(({ findings }) => findings.length),
      [100, 100, 50],
    );
    assert.equal(third.next, null);
    await writeFile(file, JSON.stringify(many(251)));
    await assert.rejects(source.list(active, first.next), (error) => failureType(error) === 'Conflict');
  });

  it('reads a file again that was written, and only then', async () => {
    const { source, file } = await sourceOf(many(1));
    const first = (await source.list(active, null)).findings[0];
    assert.equal((await source.list(active, null)).findings[0], first);
    await writeFile(file, JSON.stringify(many(2)));
    assert.equal((await source.list(active, null)).findings.length, 2);
  });

  const asked: readonly (readonly [string, Partial<ListQuery>, string[]])[] = [
    ['all that are active', {}, ['old', 'new', 'bad']],
    ['what has changed since', { since: '2026-02-01T00:00:00.000Z' }, ['new', 'bad']],
    ['what was resolved since', { status: 'resolved', since: '2026-02-01T00:00:00.000Z' }, ['done']],
    ['critical ones', { criticalOnly: true }, ['bad']],
    ['a field', { filters: { 'issue.owner': 'data' } }, ['new']],
    ['a member of a list', { filters: { 'issue.tags': 'x' } }, ['old']],
    ['a field that none has', { filters: { constructor: 'x' } }, []],
  ];
  for (const [name, own, ids] of asked)
    it(`lists by query: ${name}`, async () => {
      const { source } = await sourceOf({
        findings: [
          { id: 'old', name: 'n', updated_at: '2026-01-01T00:00:00Z', fields: { tags: ['x', 'y'] } },
          { id: 'new', name: 'n', updated_at: '2026-02-01T00:00:00Z', fields: { owner: 'data' } },
          { id: 'bad', name: 'n', severity: 'critical' },
          { id: 'gone', name: 'n', status: 'resolved', resolved_at: '2026-01-01T00:00:00Z' },
          { id: 'done', name: 'n', status: 'resolved' },
        ],
      });
      const { findings } = await source.list({ ...active, ...own }, null);
      assert.deepEqual(
        findings.map(({ id }) => id),
        ids,
      );
    });

  it('describes one, and says null of one that it does not hold', async () => {
    const { source } = await sourceOf(many(2));
    assert.equal((await source.describe('f-1'))?.name, 'Finding 1');
    assert.equal(await source.describe('f-9'), null);
  });

  it('says of each bad row what is wrong, and reads the others', async () => {
    const { source } = await sourceOf({
      findings: [
        7,
        { name: 'no id' },
        { id: 'a' },
        { id: 'b', name: 'b', status: 'gone' },
        { id: 'c', name: 'c' },
        { id: 'c', name: 'again' },
      ],
    });
    const { findings, faults } = await source.list(active, null);
    assert.deepEqual(
      findings.map(({ id }) => id),
      ['c'],
    );
    assert.deepEqual(
      faults.map(({ findingId }) => findingId),
      ['#0', '#1', 'a', 'b', 'c'],
    );
  });

  const unreadable: readonly (readonly [string, unknown, 'json' | 'sarif', string])[] = [
    ['no JSON', '{', 'json', 'InvalidInput'],
    ['another form', { results: [] }, 'json', 'InvalidInput'],
    ['no SARIF', { findings: [] }, 'sarif', 'InvalidInput'],
  ];
  for (const [what, document, format, type] of unreadable)
    it(`refuses a file that is ${what}`, async () => {
      const { source } = await sourceOf(document, format);
      await assert.rejects(source.list(active, null), (error) => failureType(error) === type);
    });

  it('refuses what is no file, a file that is too long, one that is no UTF-8 and a cursor of another source', async () => {
    const source = createFileSource({ path: folder, format: 'json' });
    await assert.rejects(source.list(active, null), (error) => failureType(error) === 'InvalidInput');
    const { source: long, file } = await sourceOf({ findings: [] });
    await assert.rejects(long.list(active, '/v3/issues'), (error) => failureType(error) === 'InvalidInput');
    await writeFile(file, Buffer.from([0x7b, 0xff, 0x7d]));
    await assert.rejects(long.list(active, null), /half written/);
    await truncate(file, 33 * 1024 * 1024);
    await assert.rejects(long.list(active, null), /more than 33554432/);
  });

  it('waits for a file that is not there yet', async () => {
    const source = createFileSource({ path: path.join(folder, 'none'), format: 'json' });
    await assert.rejects(source.list(active, null), (error) => failureType(error) === 'Unavailable');
  });
});
