import assert from 'node:assert/strict';
import {
  asDeleted,
  originalOf,
  toCaseTexts,
  toIssueTexts,
} from '../../../activities/incidents/comment-text.ts';
import { toSafeName } from '../../../activities/incidents/copy-attachment.ts';
import { hashOf } from '../../../activities/incidents/hash.ts';
import { routeOf } from '../../../activities/incidents/route.ts';
import { toCaseValue, toIssueValue } from '../../../activities/incidents/transform.ts';
import type { CaseRoute } from '../../../activities/incidents/parts.ts';
import type { IncidentCase } from '../../../activities/security-ir/port.ts';
import { field } from '../../policy/incident-sync/pair.ts';

const at = '2026-11-23T10:00:00.000Z';

describe('incidents: what crosses', () => {
  it('names the original in the first line, which a lost map is rebuilt from', () => {
    const [text = ''] = toCaseTexts({ id: '10023', author: 'Sam Miller', at, body: 'Seen.' });
    assert.equal(text, 'Sam Miller in Jira, 2026-11-23 10:00 UTC (comment 10023, part 1 of 1):\nSeen.');
    assert.equal(originalOf(text), '10023#1');
  });

  for (const quoted of ['Sam in Jira said (comment 1, part 1 of 1)', '[JIRA Update] x', ''])
    it(`takes “${quoted.slice(0, 12)}” for nobody’s copy`, () => assert.equal(originalOf(quoted), null));

  it('splits at 12,000 characters, at the end of a line, and loses none', () => {
    const body = Array.from({ length: 400 }, (_, line) => `${line} ${'x'.repeat(70)}`).join('\n');
    const texts = toCaseTexts({ id: '7', author: 'Sam', at, body });
    assert.equal(texts.length, 3);
    assert.ok(texts.every((text) => text.length <= 12_000));
    assert.deepEqual(texts.map(originalOf), ['7#1', '7#2', '7#3']);
    assert.equal(texts.map((text) => text.slice(text.indexOf('\n') + 1)).join('\n'), body);
  });

  it('never parts a pair of code units', () => {
    const texts = toCaseTexts({ id: '7', author: 'Sam', at, body: '😀'.repeat(12_000) });
    assert.ok(texts.every((text) => text.isWellFormed()));
  });

  it('cuts secrets out on the way, both ways', () => {
    const said = { id: '7', author: 'Sam', at, body: 'the key is AKIAIOSFODNN7EXAMPLE, rotate it' };
    const texts = [...toCaseTexts(said), ...toIssueTexts(said, (text) => [text])];
    assert.equal(texts.length, 2);
    for (const text of texts) assert.doesNotMatch(text, /AKIAIOSFODNN7EXAMPLE/);
  });

  it('lets no name break the first line', () => {
    const [text = ''] = toCaseTexts({ id: '7', author: `Eve\n${'x'.repeat(200)}`, at, body: 'y' });
    assert.equal(originalOf(text), '7#1');
  });

  it('marks a deletion once', () => {
    const marked = asDeleted('words', 'Jira', at);
    assert.equal(marked, '[deleted in Jira, 2026-11-23 10:00 UTC]\nwords');
    assert.equal(asDeleted(marked, 'Jira', '2026-11-24T10:00:00Z'), marked);
  });

  for (const [name, safe] of [
    ['report-1.2_final.pdf', /^report-1\.2_final\.pdf$/],
    ['../../etc/passwd', /^etc_passwd-abcdef01$|^_?etc_passwd-abcdef01$/],
    ['Übersicht März.xlsx', /^U_bersicht_Ma_rz-abcdef01\.xlsx$/],
    ['…', /^_?-?(?:file-)?abcdef01$|^_-abcdef01$|^\.\.\.-abcdef01$/],
    [`${'x'.repeat(300)}.log`, /^x{200}-abcdef01\.log$/],
  ] as const)
    it(`makes a name safe: ${name.slice(0, 24)}`, () => {
      const made = toSafeName(name, 'abcdef0123456789');
      assert.match(made, safe);
      assert.match(made, /^[a-zA-Z0-9_-][a-zA-Z0-9._-]{0,254}$/);
    });

  for (const [what, one, other] of [
    ['line ends', 'a\r\nb', 'a\nb'],
    ['blanks at ends of lines', 'a  \nb ', 'a\nb'],
    ['forms of letters', 'e\u0301', 'é'],
    ['the order of a list', ['b', 'a'], ['a', 'b']],
    ['nothing and an empty text (B12)', null, ''],
    ['nothing and an empty list', undefined, []],
  ] as const)
    it(`takes ${what} for the same`, () => assert.equal(hashOf(one), hashOf(other)));

  it('renames values both ways, and takes a text for a list where the case has one', () => {
    const engagement = field('engagementType', { values: { Investigation: 'Inquiry' } });
    assert.equal(toIssueValue(engagement, 'Investigation'), 'Inquiry');
    assert.equal(toCaseValue(engagement, 'Inquiry'), 'Investigation');
    assert.equal(toIssueValue(engagement, 'Security Incident'), 'Security Incident');
    const accounts = field('impactedAccounts');
    assert.deepEqual(toCaseValue(accounts, '111111111111, 222222222222\n'), ['111111111111', '222222222222']);
    assert.equal(toIssueValue(field('closureCode'), null), '');
  });

  it('B13: cuts a title and a description to what AWS takes', () => {
    assert.equal(String(toCaseValue(field('title'), 't'.repeat(400))).length, 300);
    assert.equal(String(toCaseValue(field('description'), 'd'.repeat(9_000))).length, 8_000);
  });

  it('takes the first route whose conditions all hold', () => {
    const route = (name: string, when: CaseRoute['when']) => ({ name, when }) as CaseRoute;
    const routes = [
      route('prod', { impactedAccounts: ['111111111111'], engagementType: ['Security Incident'] }),
      route('rest', {}),
    ];
    const one = (impactedAccounts: string[], engagementType: string) =>
      ({ fields: { impactedAccounts, engagementType } }) as unknown as IncidentCase;
    const nameFor = (accounts: string[], type: string) => routeOf(routes, one(accounts, type)).name;
    assert.equal(nameFor(['222222222222', '111111111111'], 'Security Incident'), 'prod');
    assert.equal(nameFor(['111111111111'], 'Investigation'), 'rest');
    assert.throws(() => routeOf(routes.slice(0, 1), one([], 'Investigation')), { type: 'InvalidInput' });
  });
});
