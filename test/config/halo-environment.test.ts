import assert from 'node:assert/strict';
import type { Environment } from '../../config/environment.ts';
import { formatFaults } from '../../config/fault.ts';
import { toFindingPolicy } from '../../config/halo-policy.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { resolveSecretFiles } from '../../config/secret-files.ts';
import { exampleWith, exampleYaml, faultsOf } from './example-config.ts';
import { keyless, plainSource, variables } from './halo-config.ts';

function parse(env: Environment, yamlText = exampleYaml) {
  const result = parseConfig({ yamlText, env });
  assert.ok('config' in result, 'faults' in result ? formatFaults(result.faults) : '');
  return { ...result, source: result.config.processes.halo?.sources[0] };
}
const policyOf = (env: Environment) => toFindingPolicy(parse({ ...variables, ...env }).config, 'halo');
const withFile = exampleWith({ 'processes.halo': { sources: [plainSource] } });
const site = (name: string, baseUrl: string) => ({
  ...{ name, baseUrl, project: 'OPS', issueType: 'Request', bot: 'jira-bot' },
});

describe('the variables of the source document', () => {
  it('make a source by themselves', () => {
    const { source, warnings } = parse(variables);
    assert.deepEqual(
      [source?.name, source?.kind, source?.site, source?.project, source?.issueType, source?.idField],
      ['halo', 'halo', 'main', 'SEC', 'Bug', 'Halo Issue ID'],
    );
    assert.deepEqual(
      [source?.close, source?.reopen, source?.hostname],
      ['Done', 'To Do', 'api.cloudpassage.com'],
    );
    assert.deepEqual(warnings, []);
  });

  it('do so without the key, too: processes without the credential know the source', () =>
    assert.equal(parse(keyless).source?.project, 'SEC'));

  for (const [what, env] of [
    ['nothing', {}],
    ['names that are anybody’s', { JIRA_PROJECT_KEY: 'SEC', JIRA_ISSUE_TYPE: 'Bug', CRITICAL_ONLY: '1' }],
    ['empty ones', { HALO_API_HOSTNAME: '', JIRA_ISSUE_ID_FIELD: ' ' }],
  ] as const)
    it(`make none of ${what}`, () => assert.equal(parse(env).source, undefined));

  it('make none of a key alone, and say so', () => {
    const { source, warnings } = parse({ HALO_API_KEY: 'k', HALO_API_SECRET_KEY: 's' });
    assert.equal(source, undefined);
    assert.match(
      formatFaults(warnings),
      /HALO_API_KEY: has no effect.*JIRA_ISSUE_ID_FIELD, JIRA_PROJECT_KEY/,
    );
  });

  it('name each other that is missing', () => {
    const paths = faultsOf(exampleYaml, { HALO_API_KEY: 'k', JIRA_PROJECT_KEY: 'SEC' }).map(
      ({ path }) => path,
    );
    assert.deepEqual(paths.sort(), [
      ...['ISSUE_CLOSE_TRANSITION', 'ISSUE_REOPEN_TRANSITION', 'JIRA_ISSUE_ID_FIELD', 'JIRA_ISSUE_TYPE'],
    ]);
  });

  it('say all that they can', () => {
    const policy = policyOf({
      ...{ HALO_API_HOSTNAME: 'eu.cloudpassage.com', ISSUE_STATUS_CLOSED: 'Closed, for now' },
      ...{ STATUS_HARD_CLOSED: ' Rejected,Won’t Fix ,', NEW_ISSUE_STATUS: 'Triage', CRITICAL_ONLY: 'True' },
      JIRA_FIELD_MAPPING: 'issue_rule_key:Rule;asset_group_path: customfield_10083 ;issue_rule_key:Key',
      JIRA_FIELD_STATIC: 'Team:platform;Link:https://halo.example.com/a;',
    });
    assert.deepEqual(policy.closedStatuses, ['Closed, for now']);
    assert.deepEqual(policy.hardClosedStatuses, ['Rejected', 'Won’t Fix']);
    assert.deepEqual([policy.newStatus, policy.criticalOnly], ['Triage', true]);
    assert.deepEqual(policy.mapping, [
      { from: 'issue_rule_key', to: 'Rule' },
      { from: 'issue_rule_key', to: 'Key' },
      { from: 'asset_group_path', to: 'customfield_10083' },
    ]);
    assert.deepEqual(policy.static, [
      { to: 'Team', value: 'platform' },
      { to: 'Link', value: 'https://halo.example.com/a' },
    ]);
  });

  for (const alias of ['HARD_CLOSED_STATUS', 'ISSUE_STATUS_HARD_CLOSED', 'STATUS_HARD_CLOSED_LIST'])
    it(`take ${alias} for STATUS_HARD_CLOSED, and not another value beside it`, () => {
      assert.deepEqual(policyOf({ [alias]: 'A,B' }).hardClosedStatuses, ['A', 'B']);
      assert.deepEqual(policyOf({ [alias]: 'A', STATUS_HARD_CLOSED: 'A' }).hardClosedStatuses, ['A']);
      const faults = faultsOf(exampleYaml, { ...variables, [alias]: 'A', STATUS_HARD_CLOSED: 'B' });
      assert.match(formatFaults(faults), new RegExp(`^  ${alias}: is another than STATUS_HARD_CLOSED`));
    });

  for (const [text, value] of [
    ...(['True', 'true', '1', 'YES', 'on'] as const).map((one) => [one, true] as const),
    ...(['False', 'false', '0', 'no', ''] as const).map((one) => [one, false] as const),
  ])
    it(`read CRITICAL_ONLY=${text} as ${value}`, () =>
      assert.equal(policyOf({ CRITICAL_ONLY: text }).criticalOnly, value));

  for (const [variable, value, says] of [
    ['CRITICAL_ONLY', 'maybe', /"maybe" is neither true nor false/],
    ['JIRA_FIELD_MAPPING', 'issue_id:ID;rule', /entry 2, "rule", is no pair/],
    ['JIRA_FIELD_MAPPING', 'issue_id:ID;;issue_type:T', /entry 2, "", is no pair/],
    ['JIRA_FIELD_MAPPING', ':X', /entry 1, ":X"/],
    ['JIRA_FIELD_MAPPING', 'issue_id:', /entry 1, "issue_id:"/],
    ['JIRA_FIELD_MAPPING', 'issue_rul_key:X', /no field of a finding.*did you mean "issue_rule_key"/],
    ['JIRA_FIELD_MAPPING', 'issue_id:X;issue_type:X', /"X" is filled from issue_id already/],
    ['JIRA_FIELD_MAPPING', `issue_id${'x'.repeat(90)}`, /entry 1, "issue_idx{51}…"/],
    ['JIRA_FIELD_STATIC', 'Team:a;Team:b', /"Team" has several values/],
    ['JIRA_FIELD_STATIC', 'Team', /entry 1, "Team", is no pair/],
    ['JIRA_PROJECT_KEY', 'sec', /"sec" is not accepted/],
    ['HALO_API_HOSTNAME', 'halo.example.com', /host of Halo/],
    ['STATUS_HARD_CLOSED', 'Done', /would get another ticket/],
    ['JIRA_API_URL', 'https://my.jira.com', /"https:\/\/my\.jira\.com".*https:\/\/example\.atlassian\.net/],
  ] as const)
    it(`name the fault of ${variable}=${value.slice(0, 40)}`, () => {
      const faults = faultsOf(exampleYaml, { ...variables, [variable]: value });
      // closing to a hard-closed status is the closing's fault
      const path = variable === 'STATUS_HARD_CLOSED' ? 'ISSUE_CLOSE_TRANSITION' : variable;
      assert.deepEqual([...new Set(faults.map((fault) => fault.path))], [path]);
      assert.match(formatFaults(faults), says);
    });

  for (const variable of [
    'TIME_RANGE',
    'EXCLUDE_SERVER_SECURE',
    'EXCLUDE_CONTAINER_SECURE',
    'EXCLUDE_CLOUD_SECURE',
  ])
    it(`accept ${variable} and warn`, () => {
      const { warnings, config } = parse({ ...variables, [variable]: '1' });
      assert.match(formatFaults(warnings), new RegExp(`^  ${variable}: has no effect`));
      assert.deepEqual(toFindingPolicy(config, 'halo'), policyOf({}));
    });

  it('choose the site by its address, and have to where there are several', () => {
    const two = exampleWith({
      'jira.sites': [site('main', 'https://a.example.com'), site('other', 'https://b.example.com')],
    });
    const env = { ...variables, JIRA_API_URL: 'https://b.example.com/' };
    assert.equal(parse(env, two).source?.site, 'other');
    assert.match(
      formatFaults(faultsOf(two, variables)),
      /JIRA_API_URL: is not set, and there are https:\/\/a/,
    );
  });

  it('win over the file, with a warning', () => {
    const env = { JIRA_PROJECT_KEY: 'OPS', JIRA_ISSUE_ID_FIELD: plainSource.idField };
    const { source, warnings } = parse(env, withFile);
    assert.deepEqual(
      [source?.project, source?.issueType, source?.close],
      ['OPS', 'Security Finding', 'Close'],
    );
    assert.deepEqual(
      warnings.map(({ path, problem }) => `${path} ${problem}`),
      ['JIRA_PROJECT_KEY wins over processes.halo.sources[0].project'],
    );
  });

  it('have no effect on sources of other names, and say so', () => {
    const yaml = exampleWith({ 'processes.halo': { sources: [{ ...plainSource, name: 'east' }] } });
    const { source, warnings } = parse({ ...variables, JIRA_PROJECT_KEY: 'OPS' }, yaml);
    assert.equal(source?.project, 'SEC');
    assert.match(formatFaults(warnings), /JIRA_PROJECT_KEY: has no effect: no source .* the name halo/);
  });

  it('have to agree with the file on where Jira is', () => {
    const faults = faultsOf(withFile, { JIRA_API_URL: 'https://my.jira.com' });
    assert.match(
      formatFaults(faults),
      /"https:\/\/my\.jira\.com" is another .* main, https:\/\/example\.atl/,
    );
    assert.deepEqual(faultsOf(withFile, { JIRA_API_URL: 'https://example.atlassian.net/' }), []);
  });

  it('leave a file alone whose form is faulty', () => {
    const broken = exampleWith({ 'processes.halo': { sources: 'all' } });
    assert.deepEqual(
      faultsOf(broken, variables).map(({ path }) => path),
      ['processes.halo.sources'],
    );
  });
});

describe('the credentials of the source document', () => {
  const own = { LOCKKEEPER_JIRA_EMAIL: 'bot@example.com', LOCKKEEPER_JIRA_API_TOKEN: 't1' };

  it('are those of Jira by other names', () => {
    const { secrets } = parse({ JIRA_API_USER: 'bot@example.com', JIRA_API_TOKEN: 't1' }).config;
    assert.deepEqual(
      [secrets.jiraEmail?.reveal(), secrets.jiraApiToken?.reveal()],
      ['bot@example.com', 't1'],
    );
    assert.equal(parse({ ...own, JIRA_API_TOKEN: 't1' }).config.secrets.jiraApiToken?.reveal(), 't1');
  });

  for (const [variable, value, says] of [
    ['JIRA_API_USER', 'eve@example.com', /is another than LOCKKEEPER_JIRA_EMAIL/],
    ['JIRA_API_TOKEN', 'canary', /is another than LOCKKEEPER_JIRA_API_TOKEN/],
  ] as const)
    it(`are refused when ${variable} contradicts ours, and not repeated`, () => {
      const text = formatFaults(faultsOf(exampleYaml, { ...own, [variable]: value }));
      assert.match(text, new RegExp(`^  ${variable}: `));
      assert.match(text, says);
      assert.doesNotMatch(text, /canary|eve@/);
    });

  it('are faults when they are empty or no e-mail address', () => {
    const faults = faultsOf(exampleYaml, { JIRA_API_USER: 'bot', JIRA_API_TOKEN: '' });
    assert.deepEqual(
      faults.map(({ path }) => path),
      ['JIRA_API_USER', 'JIRA_API_TOKEN'],
    );
  });

  it('come from files, too', () => {
    const files = { HALO_API_KEY_FILE: '/k', HALO_API_SECRET_KEY_FILE: '/s', JIRA_API_TOKEN_FILE: '/t' };
    const { env } = resolveSecretFiles(files, (path) => `of ${path}\n`);
    assert.deepEqual(
      [env['HALO_API_KEY'], env['HALO_API_SECRET_KEY'], env['JIRA_API_TOKEN']],
      ['of /k', 'of /s', 'of /t'],
    );
  });

  it('are not shown in any fault or warning', () => {
    const env = { ...variables, JIRA_PROJECT_KEY: 'x', HALO_API_HOSTNAME: 'y' };
    assert.doesNotMatch(formatFaults(faultsOf(exampleYaml, env)), /canary|halo-auditor/);
  });
});
