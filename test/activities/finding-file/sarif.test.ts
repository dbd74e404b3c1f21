import assert from 'node:assert/strict';
import { parseSarif } from '../../../activities/finding-file/sarif.ts';
import { failureType } from '../../../workflows/shared/failures.ts';
import type { Finding } from '../../../workflows/halo-sync/finding.ts';

const writtenAt = '2026-10-01T08:00:00.000Z';
type Parts = Record<string, unknown>;

const rule: Parts = {
  ...{
    id: 'js/sqli',
    name: 'SqlInjection',
    shortDescription: { text: 'SQL from input' },
    helpUri: 'https://x.test/sqli',
  },
  messageStrings: { default: { text: 'Built from {0} in {1}{9}.' } },
  properties: { tags: ['security', 'external/cve/CVE-2020-12345'] },
};
const at = (uri: string, startLine = 7) => ({
  physicalLocation: { artifactLocation: { uri }, region: { startLine, snippet: { text: 'db(q)' } } },
});
const resultOf = (own: Parts = {}): Parts => ({
  ...{ ruleId: 'js/sqli', message: { text: 'Built from q.' }, locations: [at('src/a.ts')] },
  ...own,
});
const logOf = (results: unknown, run: Parts = {}, driver: Parts = {}) => ({
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 'CodeQL', rules: [rule], ...driver } }, results, ...run }],
});
const parse = (results: unknown[], run: Parts = {}, driver: Parts = {}) =>
  parseSarif(logOf(results, run, driver), writtenAt);
function read(own: Parts = {}, run: Parts = {}, driver: Parts = {}): Finding {
  const { findings, faults } = parse([resultOf(own)], run, driver);
  assert.deepEqual(faults, []);
  return [...findings.values()][0]?.finding ?? assert.fail('no finding');
}

describe('SARIF', () => {
  it('a result is a finding, its rule says what it is, its place what it is about', () => {
    const { id, contentHash, fields, ...finding } = read();
    assert.match(id, /^sarif-[0-9a-f]{32}$/);
    assert.match(contentHash, /^[0-9a-f]{64}$/);
    assert.deepEqual(finding, {
      ...{ type: 'codeql', status: 'active', name: 'SQL from input', critical: false, severity: 'medium' },
      ...{ createdAt: writtenAt, firstSeenAt: writtenAt, changedAt: writtenAt },
      ...{ resolvedAt: null, resolvedBy: null, resolutionComment: null, latest: null },
      url: 'https://x.test/sqli',
      asset: { ref: 'src/a.ts', name: 'src/a.ts', type: 'file' },
      cves: ['CVE-2020-12345'],
    });
    assert.deepEqual(
      [fields['issue_rule_key'], fields['issue.line'], fields['issue.level']],
      ['js/sqli', 7, 'warning'],
    );
  });

  const severe: readonly (readonly [string, Parts, Parts, string])[] = [
    ['error', { level: 'error' }, {}, 'high'],
    ['warning', { level: 'warning' }, {}, 'medium'],
    ['note', { level: 'note' }, {}, 'low'],
    ['none', { level: 'none' }, {}, 'unknown'],
    ['the level of the rule', {}, { defaultConfiguration: { level: 'error' } }, 'high'],
    [
      'its own level before that of the rule',
      { level: 'note' },
      { defaultConfiguration: { level: 'error' } },
      'low',
    ],
    ['no level', {}, {}, 'medium'],
    ['for information', { kind: 'informational' }, {}, 'unknown'],
    [
      'a score before the level',
      { level: 'note' },
      { properties: { 'security-severity': '9.8' } },
      'critical',
    ],
    [
      'a score of its own',
      { properties: { 'security-severity': 7 } },
      { properties: { 'security-severity': '1' } },
      'high',
    ],
    ['a score that is none', { level: 'error', properties: { 'security-severity': 'bad' } }, {}, 'high'],
  ];
  for (const [name, own, ofRule, severity] of severe)
    it(`severity: ${name}: ${severity}`, () =>
      assert.equal(read(own, {}, { rules: [{ ...rule, ...ofRule }] }).severity, severity));

  const suppressed = { suppressions: [{ kind: 'inSource', justification: 'a test' }] };
  const states: readonly (readonly [string, Parts, 'active' | 'resolved', string | null])[] = [
    ['suppressed', suppressed, 'resolved', 'a test'],
    ['suppressed, accepted', { suppressions: [{ kind: 'external', status: 'accepted' }] }, 'resolved', null],
    ['under review', { suppressions: [{ kind: 'external', status: 'underReview' }] }, 'active', null],
    [
      'rejected',
      { suppressions: [...suppressed.suppressions, { kind: 'external', status: 'rejected' }] },
      'active',
      null,
    ],
    ['with no suppressions', { suppressions: [] }, 'active', null],
    ['with suppressions null', { suppressions: null }, 'active', null],
    ['absent', { baselineState: 'absent' }, 'resolved', null],
    ['unchanged', { baselineState: 'unchanged' }, 'active', null],
  ];
  for (const [name, own, status, comment] of states)
    it(`a result ${name} is ${status}`, () => {
      const finding = read(own);
      assert.deepEqual([finding.status, finding.resolutionComment], [status, comment]);
      assert.equal(finding.resolvedAt, status === 'resolved' ? writtenAt : null);
    });

  for (const kind of ['pass', 'notApplicable'])
    it(`a result of kind ${kind} is no finding`, () =>
      assert.equal(parse([resultOf({ kind })]).findings.size, 0));

  const printed = { fingerprints: { 'f/v1': 'abc' } };
  const partly = { partialFingerprints: { primaryLocationLineHash: 'abc:1' } };
  const sameIds: readonly (readonly [string, Parts, Parts])[] = [
    [
      'a fingerprint, wherever it moves to',
      printed,
      { ...printed, locations: [at('src/b.ts', 9)], message: { text: 'x' } },
    ],
    ['a partial fingerprint, on another line', partly, { ...partly, locations: [at('src/a.ts', 99)] }],
    ['a correlation guid', { correlationGuid: 'g' }, { correlationGuid: 'g', locations: [] }],
    ['rule and place, at another level', {}, { level: 'error', guid: 'another' }],
  ];
  for (const [name, one, other] of sameIds)
    it(`has one id by ${name}`, () => assert.equal(read(one).id, read(other).id));

  const otherIds: readonly (readonly [string, Parts, Parts])[] = [
    ['fingerprint', printed, { fingerprints: { 'f/v1': 'abd' } }],
    ['rule of one fingerprint', partly, { ...partly, ruleId: 'js/xss' }],
    ['file of one partial fingerprint', partly, { ...partly, locations: [at('src/b.ts')] }],
    ['line', {}, { locations: [at('src/a.ts', 8)] }],
  ];
  for (const [name, one, other] of otherIds)
    it(`has another id with another ${name}`, () => assert.notEqual(read(one).id, read(other).id));

  it('has another id in another repository and with another tool', () => {
    const of = (repositoryUri: string) => read({}, { versionControlProvenance: [{ repositoryUri }] });
    assert.equal(
      new Set([of('https://a').id, of('https://b').id, read({}, {}, { name: 'Semgrep' }).id]).size,
      3,
    );
  });

  it('is one finding when it is reported twice, active while one is', () => {
    const { findings } = parse([resultOf(suppressed), resultOf(), resultOf(suppressed)]);
    assert.deepEqual(
      [...findings.values()].map(({ finding }) => finding.status),
      ['active'],
    );
  });

  const messages: readonly (readonly [string, Parts, string])[] = [
    ['its own text', { message: { text: 'Own {0}.', arguments: ['a'] } }, 'Own a.'],
    ['one of its rule', { message: { id: 'default', arguments: ['q', 'f'] } }, 'Built from q in f{9}.'],
    ['none', { message: { id: 'unknown' } }, 'SQL from input'],
  ];
  for (const [name, own, message] of messages)
    it(`says ${name}`, () => {
      const [row] = [...parse([resultOf(own)]).findings.values()];
      assert.deepEqual(row?.latest?.rows[0], { label: 'message', value: message });
      assert.deepEqual(row.latest.items, ['src/a.ts:7']);
    });

  it('finds rules by index, also of extensions, and places in the list of artifacts', () => {
    const run = {
      tool: {
        driver: { name: 'X' },
        extensions: [{ rules: [rule, { ...rule, id: 'b', name: 'B', shortDescription: undefined }] }],
      },
      artifacts: [{}, { location: { uri: 'src/c.ts' } }],
    };
    const { name, asset } = read(
      {
        ...{ ruleId: undefined, rule: { index: 1, toolComponent: { index: 0 } } },
        locations: [{ physicalLocation: { artifactLocation: { index: 1 } } }],
      },
      run,
    );
    assert.deepEqual([name, asset?.name], ['B', 'src/c.ts']);
  });

  it('links to the web only', () =>
    assert.equal(read({ hostedViewerUri: 'javascript:alert(1)' }, {}, { rules: [] }).url, null));

  it('tells of each malformed result, and reads the others', () => {
    const { findings, faults } = parse([7, resultOf(), { ruleId: 'x' }, resultOf({ level: 'fatal' })]);
    assert.equal(findings.size, 1);
    assert.deepEqual(
      faults.map(({ findingId }) => findingId),
      ['#0', '#2', '#3'],
    );
    assert.match(faults[2]?.reason ?? '', /^level: /);
  });

  const refused: readonly (readonly [string, unknown])[] = [
    ['of another version', { ...logOf([]), version: '2.0.0' }],
    [
      'whose run has failed',
      logOf([], { invocations: [{ executionSuccessful: true }, { executionSuccessful: false }] }),
    ],
    ['whose run has no results', logOf(null)],
    ['without a tool', { version: '2.1.0', runs: [{ results: [] }] }],
    ['that is a list', []],
  ];
  for (const [name, log] of refused)
    it(`is refused ${name}: its tickets would be closed`, () =>
      assert.throws(
        () => parseSarif(log, writtenAt),
        (error) => failureType(error) === 'InvalidInput',
      ));
});
