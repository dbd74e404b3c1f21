import assert from 'node:assert/strict';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import {
  namesVersion,
  parseManifest,
  versionsOf,
  type ManifestDocument,
} from '../../../activities/s3/manifest.ts';
import { mergeManifest } from '../../../activities/s3/merge-manifest.ts';
import { approvedBy } from './permissions.ts';
import { entryOf, oldEntryOf } from './promotion-aws.ts';

const entry = entryOf();
const older = entryOf({
  version: '1.4.1',
  entry_id: 'older',
  uploaded_at: '2025-09-01T00:00:00Z',
  sha256: 'c'.repeat(64),
});
const later = entryOf({ version: '1.5.0', entry_id: 'later' });
const current: ManifestDocument = { ...older, schema_version: 1, fence: 3, history: [older] };

const wrong = {
  uploaded_at: 'yesterday',
  run_id: 7,
  approval: { request_id: 'request-1', approvers: [] },
};

function withApproval(existing: ManifestDocument | undefined): ManifestDocument {
  const merge = mergeManifest(existing, entryOf(approvedBy(['sue'])), 5);
  return merge.outcome === 'write' ? merge.document : {};
}

function written(existing: ManifestDocument | undefined, fence = 5): ManifestDocument {
  const merge = mergeManifest(existing, entry, fence);
  assert.equal(merge.outcome, 'write');
  return merge.outcome === 'write' ? merge.document : {};
}

describe('manifest: merge', () => {
  it('begins with the three fields of P-55, exactly', () => {
    assert.deepEqual(Object.entries(written(undefined)).slice(0, 3), [
      ['version', '1.4.2'],
      ['uploaded_at', '2025-09-14T12:34:56Z'],
      ['pipeline_url', 'https://gitlab.com/your-org/your-project/-/pipelines/123456'],
    ]);
  });

  it('is what deploy/aws/manifest.schema.json describes', () => {
    const schema: unknown = JSON.parse(readFileSync('deploy/aws/manifest.schema.json', 'utf8'));
    const validate = addFormats.default(new Ajv.default()).compile(schema as object);
    const approved = withApproval(undefined);
    const old = { ...oldEntryOf(), schema_version: 1, fence: 3, history: [oldEntryOf()] };
    const strangers = written({ version: '1.0.0', owner: 'x' });
    for (const document of [written(undefined), written(current), approved, old, strangers])
      assert.equal(validate(document), true, JSON.stringify(validate.errors));
    for (const [field, value] of Object.entries(wrong))
      assert.equal(validate({ ...written(undefined), [field]: value }), false, field);
  });

  it('keeps the history, newest last', () => {
    assert.deepEqual(written(current)['history'], [older, entry]);
  });

  it('keeps a stranger’s fields and history entries as they are', () => {
    const foreign = { by: 'a script of 2019', version: 7 };
    const document = written({ ...current, owner: { team: 'x' }, history: [foreign, older] });
    assert.deepEqual(document['owner'], { team: 'x' });
    assert.deepEqual(document['history'], [foreign, older, entry]);
  });

  it('moves a current version that only stands at the top level into the history', () => {
    const foreign = { version: '1.0.0', uploaded_at: '2024-01-01T00:00:00Z', pipeline_url: 'https://x' };
    assert.deepEqual(written({ ...foreign, owner: 'x' })['history'], [foreign, entry]);
  });

  it('does not carry fields of the former version into the new one', () => {
    const bare = { ...entry, ticket: undefined } as unknown as typeof entry;
    const merge = mergeManifest(current, bare, 5);
    assert.equal(merge.outcome === 'write' && merge.document['ticket'], undefined);
  });

  it('survives a field named __proto__', () => {
    const document = written(parseManifest(Buffer.from('{"__proto__": {"x": 1}, "version": "1.0.0"}')));
    assert.equal(JSON.stringify(document).includes('"__proto__":{"x":1}'), true);
    assert.equal(({} as { x?: unknown }).x, undefined);
  });

  const published = written(current);
  const cases: [string, ManifestDocument | undefined, number, object][] = [
    ['nothing there', undefined, 5, { outcome: 'write', previousVersion: null }],
    ['an older version there', current, 5, { outcome: 'write', previousVersion: '1.4.1' }],
    ['the same fence', { ...current, fence: 5 }, 5, { outcome: 'write', previousVersion: '1.4.1' }],
    ['a larger fence', { ...current, fence: 6 }, 5, { outcome: 'fenced', fence: 6 }],
    [
      'a fence that is no number',
      { ...current, fence: '9' },
      5,
      { outcome: 'write', previousVersion: '1.4.1' },
    ],
    ['our entry there', published, 5, { outcome: 'already-published', previousVersion: '1.4.1' }],
    [
      'our entry there, below a later turn’s',
      { ...later, fence: 9, history: [older, entry, later] },
      5,
      { outcome: 'already-published', previousVersion: '1.4.1' },
    ],
    [
      'the same bytes of the same version by another run',
      { ...entry, entry_id: 'x', fence: 4, history: [] },
      5,
      { outcome: 'already-published', previousVersion: '1.4.2' },
    ],
    [
      'other bytes of the same version',
      { ...entry, entry_id: 'x', sha256: 'd'.repeat(64), history: [] },
      5,
      { outcome: 'write', previousVersion: '1.4.2' },
    ],
  ];
  for (const [kind, existing, fence, expected] of cases)
    it(kind, () => assert.partialDeepStrictEqual(mergeManifest(existing, entry, fence), expected));
});

describe('manifest: an approval serves one entry of one run', () => {
  const ours = entryOf(approvedBy(['sue']));
  const cases: [string, object, object][] = [
    ['the same run and entry', ours, { outcome: 'already-published' }],
    ['a reset run', { ...ours, run_id: 'run-0' }, { outcome: 'consumed', by: 'run-0' }],
    ['another entry of this run', { ...ours, entry_id: 'x' }, { outcome: 'consumed', by: 'run-1' }],
    ['another run and entry', { ...ours, run_id: 'run-0', entry_id: 'x' }, { outcome: 'consumed' }],
    ['an entry that names no run', { ...ours, run_id: undefined }, { outcome: 'consumed', by: 'unknown' }],
    [
      'another request',
      { ...ours, ...approvedBy(['sue'], 'request-0'), entry_id: 'x' },
      { outcome: 'write' },
    ],
    ['an older entry, which names none', { ...older, approval: undefined }, { outcome: 'write' }],
    ['a stranger’s approval', { ...older, approval: 'request-1' }, { outcome: 'write' }],
  ];
  for (const [kind, one, expected] of cases)
    it(kind, () => {
      const merge = mergeManifest({ ...later, history: [one, later] }, ours, 5);
      assert.partialDeepStrictEqual(merge, expected);
    });

  it('counts a consumer before the fence and the entry', () => {
    const reset = { ...ours, run_id: 'run-0' };
    const merge = mergeManifest({ ...reset, fence: 9, history: [reset] }, ours, 5);
    assert.equal(merge.outcome, 'consumed');
  });

  it('without an approval another run of the round is not a consumer', () => {
    const reset = entryOf({ run_id: 'run-0' });
    assert.equal(mergeManifest({ ...reset, history: [reset] }, entry, 5).outcome, 'already-published');
  });
});

describe('manifest: versions', () => {
  const cases: [string, ManifestDocument, string[]][] = [
    ['nothing', {}, []],
    ['at the top level only', { version: '1.0.0' }, ['1.0.0']],
    ['oldest first', current, ['1.4.1']],
    ['the current one last', { ...older, history: [older, later] }, ['1.5.0', '1.4.1']],
    ['no texts', { version: '1.0.0', history: [{ version: 7 }, { note: 1 }] }, ['1.0.0']],
  ];
  for (const [kind, manifest, expected] of cases)
    it(kind, () => assert.deepEqual(versionsOf(manifest), expected));
});

describe('manifest: published versions', () => {
  const cases: [string, ManifestDocument | undefined, boolean][] = [
    ['no manifest', undefined, false],
    ['another version only', { version: '1.0.0' }, false],
    ['current', { version: '1.4.2' }, true],
    ['in the history', { version: '2.0.0', history: [{ version: '1.4.2' }] }, true],
    ['a number', { version: 1.4, history: [{ version: null }] }, false],
    ['parts lost', { version: '2.0.0', kept_aside: [] }, true],
  ];
  for (const [kind, manifest, expected] of cases)
    it(kind, () => assert.equal(namesVersion(manifest, '1.4.2'), expected));
});

describe('manifest: parsing', () => {
  const unreadable = [
    '',
    '{',
    'null',
    '[]',
    '"x"',
    '{"history": {}}',
    '{"history": ["x"]}',
    '{"history": null}',
  ];
  for (const text of unreadable)
    it(`${JSON.stringify(text)} is no manifest`, () =>
      assert.equal(parseManifest(Buffer.from(text)), undefined));
  it('bytes that are no UTF-8 are no manifest', () =>
    assert.equal(parseManifest(Buffer.from([0x7b, 0xff, 0x7d])), undefined));
  it('an empty object is one', () => assert.deepEqual(parseManifest(Buffer.from('{}')), {}));
});
