import assert from 'node:assert/strict';
import { formatFaults } from '../../config/fault.ts';
import { configOf, exampleWith, exampleYaml, faultsOf } from './example-config.ts';
import { plainSource, sound } from './halo-config.ts';

type Changes = Readonly<Record<string, unknown>>;
const at = 'processes.halo.sources.0';
const path = 'processes.halo.sources[0]';
const one = (key: string, value: unknown): Changes => ({ [`${at}.${key}`]: value });

const faulty: readonly [what: string, changes: Changes, path: string, says: RegExp][] = [
  ['an unknown key', one('mappings', {}), `${path}.mappings`, /did you mean "mapping"\?/],
  ['no id field', one('idField', undefined), `${path}.idField`, /is missing.*holds a finding’s id/],
  ['no source', { 'processes.halo.sources': [] }, 'processes.halo.sources', /is empty/],
  ['a site', one('site', 'mian'), `${path}.site`, /did you mean "main"\?/],
  ['a project key', one('project', 'sec'), `${path}.project`, /"sec" is not accepted/],
  ['a project of a route', one('routes.1.project', 'vuln'), `${path}.routes[1].project`, /not accepted/],
  ['another host', one('hostname', 'halo.example.com'), `${path}.hostname`, /host of Halo/],
  [
    'a host of a longer name',
    one('hostname', 'api.cloudpassage.com.evil.org'),
    `${path}.hostname`,
    /not accepted/,
  ],
  ['a host within a domain', one('hostname', 'a.b.c.cloudpassage.com'), `${path}.hostname`, /not accepted/],
  ['a URL', one('hostname', 'https://api.cloudpassage.com'), `${path}.hostname`, /not accepted/],
  ['a file of Halo', one('path', 'findings.json'), `${path}.path`, /is for a file only/],
  ['a format of Halo', one('format', 'sarif'), `${path}.format`, /is for a file only/],
  ['a file without its path', one('kind', 'file'), `${path}.path`, /is missing.*the file of findings/],
  ['a file without its types', one('kind', 'file'), `${path}.types`, /is missing/],
  ['a type', one('types', ['sva', 'fimm']), `${path}.types[1]`, /did you mean "fim"\?/],
  ['the name of a product for a type', one('types', ['svm']), `${path}.types[0]`, /did you mean "sva"\?/],
  [
    'a type that is not supported',
    one('types', ['agent']),
    `${path}.types[0]`,
    /not supported; there are sva, csm/,
  ],
  [
    'a filter of the pass itself',
    one('filters', { since: '2026' }),
    `${path}.filters.since`,
    /each pass itself/,
  ],
  [
    'a filter of critical ones',
    one('filters', { critical: true }),
    `${path}.filters.critical`,
    /criticalOnly/,
  ],
  [
    'a mapped field',
    one('mapping', { issue_rule_kee: 'X' }),
    `${path}.mapping.issue_rule_kee`,
    /no field of a finding.*did you mean "issue_rule_key"\?/,
  ],
  [
    'a mapped field like no other',
    one('mapping', { 'host.os': 'X' }),
    `${path}.mapping.host.os`,
    /name one of issue_id, .*asset\.<field>/,
  ],
  [
    'a Jira field that is filled twice',
    one('mapping', { issue_type: 'X', issue_name: ['Y', 'X'] }),
    `${path}.mapping.issue_name[1]`,
    /"X" is filled from issue_type already/,
  ],
  [
    'a status closed and hard-closed',
    one('closedStatuses', ['Done', "won't fix"]),
    `${path}.closedStatuses[1]`,
    /hard-closed too/,
  ],
  ['closing for ever', one('close', "Won't Fix"), `${path}.close`, /would get another ticket/],
  ['a new ticket that is closed', one('newStatus', 'done'), `${path}.newStatus`, /is a closed status/],
  ['reopening by closing', one('reopen', 'close'), `${path}.reopen`, /the same as close/],
  ['a route twice', one('routes.1.name', 'lab'), `${path}.routes[1].name`, /already/],
  [
    'a route called default',
    one('routes.0.name', 'default'),
    `${path}.routes[0].name`,
    /what no route takes/,
  ],
  [
    'a route called unrouted',
    one('routes.0.name', 'unrouted'),
    `${path}.routes[0].name`,
    /what no route takes/,
  ],
  [
    'parking without a route',
    { ...one('unrouted', 'park'), ...one('routes', []) },
    `${path}.unrouted`,
    /every finding would be parked/,
  ],
  [
    'a condition on no field',
    one('routes.0.when', { asset_grup_path: 'x' }),
    `${path}.routes[0].when.asset_grup_path`,
    /did you mean "asset_group_path"\?/,
  ],
  ['a route without conditions', one('routes.0.when', {}), `${path}.routes[0].when`, /no later route/],
  [
    'a route that nothing reaches',
    one('routes.1.when', { asset_group_path: 'Lab*' }),
    `${path}.routes[1].when`,
    /the same as that of lab/,
  ],
  ['an assignee', one('routes.1.assignee', 'devv'), `${path}.routes[1].assignee`, /did you mean "dev"\?/],
  [
    'an assignee without an account',
    { 'people.1.jira': undefined },
    `${path}.routes[1].assignee`,
    /has no Jira account id/,
  ],
  [
    'a field of a group',
    one('routes.1.groupBy', '{issue_rule_kye}'),
    `${path}.routes[1].groupBy`,
    /did you mean "issue_rule_key"\?/,
  ],
  ['one group of all', one('routes.1.groupBy', 'all'), `${path}.routes[1].groupBy`, /would share one ticket/],
  [
    'a field of a flood’s groups',
    one('flood.groupBy', '{rule}'),
    `${path}.flood.groupBy`,
    /no field of a finding/,
  ],
  ['the approval of a flood', one('flood.approval', 'prodction'), `${path}.flood.approval`, /"production"\?/],
  [
    'the approval of a risk',
    one('acceptance.approval', 'none'),
    `${path}.acceptance.approval`,
    /not defined/,
  ],
  [
    'two sources of one name',
    { 'processes.halo.sources': [plainSource, plainSource] },
    'processes.halo.sources[1].name',
    /already/,
  ],
  [
    'two writers of one ticket',
    { 'processes.halo.sources': [plainSource, { ...plainSource, name: 'again', types: ['fim'] }] },
    'processes.halo.sources[1]',
    /the same tickets/,
  ],
];

function changed(changes: Changes): string {
  return exampleWith({ ...structuredClone(sound), ...changes });
}

describe('configuration of findings', () => {
  it('takes a sound one, and is off without one', () => {
    assert.deepEqual(faultsOf(changed({})), []);
    assert.equal(configOf().processes.halo, undefined);
  });

  it('takes the shipped example with everything that it offers', () => {
    const config = configOf(exampleYaml.replace(/^( *)#: /gm, '$1'));
    const [source] = config.processes.halo?.sources ?? [];
    assert.deepEqual([source?.name, source?.routes.length, source?.flood?.limit], ['halo', 3, 500]);
  });

  it('has defaults for what is left out', () => {
    const yaml = exampleWith({ 'processes.halo': { sources: [plainSource] } });
    const [source] = configOf(yaml).processes.halo?.sources ?? [];
    assert.deepEqual(
      [source?.name, source?.kind, source?.api, source?.hostname, source?.everyMinutes],
      ['halo', 'halo', 'v3', 'api.cloudpassage.com', 15],
    );
    assert.deepEqual(
      [source?.overlapMinutes, source?.indexLagSeconds, source?.concurrency, source?.pageSize],
      [10, 120, 16, 1000],
    );
  });

  it('takes two sources whose findings or tickets are not the same', () => {
    const pairs = [
      { types: ['sva'] },
      { hostname: 'eu.cloudpassage.com' },
      { idField: 'Other ID' },
      { filters: { group_name: 'Databases' } },
    ].map((part) => [
      { ...plainSource, types: ['fim'] },
      { ...plainSource, name: 'other', ...part },
    ]);
    for (const sources of pairs)
      assert.deepEqual(faultsOf(exampleWith({ 'processes.halo': { sources } })), []);
  });

  it('takes a file, with types of its own', () => {
    const file = { ...plainSource, kind: 'file', path: 'findings.sarif', format: 'sarif', types: ['sast'] };
    assert.deepEqual(faultsOf(exampleWith({ 'processes.halo': { sources: [file] } })), []);
  });

  for (const [what, changes, at, says] of faulty)
    it(`names ${what}`, () => {
      const faults = faultsOf(changed(changes));
      const found = faults.filter((fault) => fault.path === at);
      assert.ok(found.length > 0, `no fault at ${at}:\n${formatFaults(faults)}`);
      assert.match(formatFaults(found), says);
    });

  it('reports all of them at once', () => {
    const some = [faulty[4], faulty[3], faulty[14], faulty[31]].flatMap((row) => (row ? [row] : []));
    const all = Object.assign({}, ...some.map(([, changes]) => changes)) as Changes;
    const paths = faultsOf(changed(all)).map((fault) => fault.path);
    for (const [, , at] of some) assert.ok(paths.includes(at), at);
  });
});
