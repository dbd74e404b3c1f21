import assert from 'node:assert/strict';
import type { AccountState } from '../../activities/s3/port.ts';
import {
  driftKey,
  driftReport,
  faultsOfManifest,
  isAsRecorded,
  isSettling,
  namedRun,
} from '../../workflows/sweeps/drift-rules.ts';

const state = (changes: Partial<AccountState> = {}): AccountState => ({
  ...{
    account: 'prod-a',
    manifest: 'present',
    version: '1',
    versions: ['1'],
    entry: null,
    manifestVersionId: 'm1',
  },
  ...changes,
});
const entry = (changes: object): AccountState => state({ entry: changes });
const recorded = { account: 'prod-a', version: '1', sha256: 'a', s3VersionId: 'o1', manifestVersionId: 'm1' };

describe('drift rules', () => {
  const named = { site: 'main', ticket: 'DEVOPS-7', workflowId: 'agent-promotion:main:10007', runId: 'r' };
  const whole = { ticket: 'DEVOPS-7', workflow_id: 'agent-promotion:main:10007', run_id: 'r' };
  const entries: [string, object, unknown][] = [
    ['a promotion', whole, named],
    [
      'a rollback',
      { ...whole, workflow_id: 'promotion-rollback:main:7' },
      { ...named, workflowId: 'promotion-rollback:main:7' },
    ],
    ['an entry of before there were run ids', { ...whole, run_id: undefined }, { ...named, runId: null }],
    ['another site', { ...whole, workflow_id: 'agent-promotion:other:7' }, undefined],
    [
      'another workflow, such as one that always runs',
      { ...whole, workflow_id: 'promotion-queue' },
      undefined,
    ],
    ['a path for a key', { ...whole, ticket: 'DEVOPS-7/../../x' }, undefined],
    ['no ticket', { ...whole, ticket: undefined }, undefined],
    ['no workflow', { ...whole, workflow_id: 7 }, undefined],
  ];
  for (const [name, given, expected] of entries)
    it(`reads ${name} from an entry`, () => assert.deepEqual(namedRun(entry(given), ['main']), expected));
  it('reads nothing from no entry', () => assert.equal(namedRun(state(), ['main']), undefined));

  const now = Date.parse('2026-11-22T12:00:00Z');
  const times: [string, unknown, boolean][] = [
    ['a moment ago', '2026-11-22T11:59:00Z', true],
    ['ten minutes ago', '2026-11-22T11:50:00Z', false],
    ['in a second, as clocks differ', '2026-11-22T12:00:01Z', true],
    ['in the future', '2026-11-22T12:05:00Z', false],
    ['some time', 'yesterday', false],
    ['no time', undefined, false],
  ];
  for (const [name, at, expected] of times)
    it(`${expected ? 'waits for' : 'compares'} a manifest of ${name}`, () =>
      assert.equal(isSettling(entry({ uploaded_at: at }), now), expected));

  it('knows the manifest that was recorded', () => {
    assert.equal(isAsRecorded(state(), recorded), true);
    assert.equal(isAsRecorded(state({ manifestVersionId: 'm2' }), recorded), false);
    assert.equal(isAsRecorded(state(), undefined), false);
  });

  const [absent, present] = [state({ manifest: 'absent' }), state({ account: 'prod-b' })];
  const unreadable = state({ account: 'prod-b', manifest: 'unreadable' });
  const manifests: [string, AccountState, AccountState[], number][] = [
    ['an unreadable one', unreadable, [unreadable], 1],
    ['one that is gone', absent, [absent, present], 1],
    ['one that is gone where another is unreadable', absent, [absent, unreadable], 1],
    ['none where nobody has one', absent, [absent, { ...absent, account: 'prod-b' }], 0],
    ['one that is there', present, [absent, present], 0],
  ];
  for (const [name, one, all, faults] of manifests)
    it(`${faults ? 'reports' : 'bears'} ${name}`, () =>
      assert.equal(faultsOfManifest(one, all).length, faults));

  it('keys a set of differences, whatever their order', () => {
    assert.equal(driftKey('prod-a', ['y', 'x']), driftKey('prod-a', ['x', 'y']));
    assert.notEqual(driftKey('prod-a', ['x']), driftKey('prod-b', ['x']));
    assert.notEqual(driftKey('prod-a', ['x']), driftKey('prod-a', ['x', 'y']));
    assert.ok(driftKey('prod-a', ['x'.repeat(99_999)]).length < 10_000);
  });

  it('reports differences, the last promotion and what to do', () => {
    const words = JSON.stringify(driftReport('prod-a', ['the object differs'], named));
    assert.match(words, /Drift in prod-a.*the object differs.*DEVOPS-7.*What to do/);
    assert.match(JSON.stringify(driftReport('prod-a', ['x'], undefined)), /names no promotion of ours/);
  });
});
