import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { Command } from 'commander';
import { parse } from 'yaml';
import { createJiraVendor } from '../../sandbox/jira/vendor.ts';
import { startFront, type Front } from '../../sandbox/shared/front.ts';
import { createPeople } from '../../sandbox/shared/people.ts';
import { CliError } from '../../starters/cli/cli-error.ts';
import { createOutput } from '../../starters/cli/output.ts';
import { createProgram } from '../../starters/cli/program.ts';
import { connectJira, levelOf, logLevelOption } from '../../starters/cli/sync-jira.ts';
import type { JiraOptions, LogLevel } from '../../starters/cli/sync-jira-input.ts';
import { exampleWith } from '../config/example-config.ts';
import { sound } from '../config/decisions-config.ts';

const people = createPeople();
const bot = people.find(({ name }) => name === 'jira-bot') ?? assert.fail();
const prefix = '/SecurityIncidentResponse';

describe('lockkeeper sync jira (S-1 to S-14)', () => {
  let jira: Front;
  let folder: string;
  let config: string;
  before(async () => {
    jira = await startFront(createJiraVendor({ people }), { token: 'control' });
  });
  after(() => jira.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockkeeper-sync-'));
    config = join(folder, 'lockkeeper.yaml');
    const { url } = jira;
    const places = { 'temporal.uiUrl': url, 'jira.sites.0.baseUrl': url, 'gitlab.baseUrl': url };
    writeFileSync(
      config,
      `# kept\n${exampleWith({ ...structuredClone(sound), ...places, 'decisions.gatewayUrl': url, probes: {} })}`,
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  interface Given {
    readonly options?: Partial<JiraOptions>;
    readonly level?: LogLevel;
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly stdin?: string;
    readonly refuse?: string;
  }

  async function run({ options = {}, level = 'error', env = {}, stdin = '', refuse }: Given = {}) {
    const [printed, warned]: [string[], string[]] = [[], []];
    const stored: PutParameterCommand['input'][] = [];
    const own = {
      ...{ config, email: bot.email, url: jira.url, projectKey: 'INC', issueType: 'Task' },
      ...{ connection: 'aws-main', ssmPrefix: prefix, region: 'us-east-1', ...options },
    };
    const places = { LOCKKEEPER_AWS_ENDPOINT: jira.url, LOCKKEEPER_SLACK_API_URL: jira.url };
    const ports = {
      env: {
        ...{ LOCKKEEPER_SANDBOX: '1', ...places, LOCKKEEPER_SECURITY_IR_ENDPOINT: jira.url },
        ...{ LOCKKEEPER_JIRA_API_TOKEN: bot.jira.apiToken, ...env },
      },
      stdin: Readable.from([Buffer.from(stdin)]),
      warn: (line: string) => void warned.push(line),
      output: createOutput(own.json === true, (text) => printed.push(text)),
      openStore: async () => ({
        send: async (command: unknown) => {
          assert.ok(command instanceof PutParameterCommand);
          if (refuse !== undefined) throw Object.assign(new Error('no'), { name: refuse });
          stored.push(command.input);
          return {};
        },
        destroy: () => undefined,
      }),
    } as unknown as Parameters<typeof connectJira>[2];
    const code = await connectJira(own, level, ports).catch((error: unknown) => error);
    const text = printed.join('');
    for (const line of [text, ...warned]) assert.ok(!line.includes(bot.jira.apiToken), 'the token is shown');
    return { code, text, warned: warned.join('\n'), stored };
  }

  it('checks credentials, project, rights, type and statuses, and prints the connection', async () => {
    const { code, text, stored, warned } = await run();
    assert.equal(code, 0, text);
    const block = text.slice(text.indexOf('processes:'));
    assert.deepEqual(parse(block), {
      processes: {
        incidents: {
          connections: [
            {
              ...{ name: 'aws-main', version: 1, site: 'main', project: 'INC', issueType: 'Task' },
              ...{ account: '111111111111', region: 'us-east-1' },
            },
          ],
        },
      },
    });
    assert.match(text, /ok +rights: browse, create, edit, comment, transition, attach, watch/);
    assert.deepEqual([stored, warned], [[], '']);
    assert.ok(!readFileSync(config, 'utf8').includes('aws-main'));
  });

  it('takes the token from standard input, and warns of it on the command line', async () => {
    const env = { LOCKKEEPER_JIRA_API_TOKEN: undefined };
    const piped = await run({ env, stdin: `${bot.jira.apiToken}\n`, options: { tokenStdin: true } });
    assert.deepEqual([piped.code, piped.warned], [0, '']);
    const typed = await run({ env, options: { token: bot.jira.apiToken } });
    assert.equal(typed.code, 0);
    assert.match(typed.warned, /Warning: --token is seen by other users/);
  });

  it('stores all four as SecureString, under the prefix, only with --store (S-68 to S-71, X-13, X-14)', async () => {
    const { code, stored, text } = await run({ options: { store: true, ssmPrefix: `${prefix}/two` } });
    assert.equal(code, 0);
    assert.deepEqual(
      stored.map(({ Name, Value, Type, Overwrite }) => [Name, Value, Type, Overwrite]),
      [
        [`${prefix}/two/jiraEmail`, bot.email, 'SecureString', false],
        [`${prefix}/two/jiraToken`, bot.jira.apiToken, 'SecureString', false],
        [`${prefix}/two/jiraUrl`, jira.url, 'SecureString', false],
        [`${prefix}/two/jiraProjectKey`, 'INC', 'SecureString', false],
      ],
    );
    assert.match(text, /LOCKKEEPER_JIRA_API_TOKEN_SSM=\/SecurityIncidentResponse\/two\/jiraToken/);
  });

  it('replaces what is stored only when told to', async () => {
    const there = await run({ options: { store: true }, refuse: 'ParameterAlreadyExists' });
    assert.ok(there.code instanceof CliError);
    assert.match(`${there.code.message} ${there.code.fix}`, /jiraEmail is there already.*--overwrite/);
    const { stored } = await run({ options: { store: true, overwrite: true } });
    assert.ok(stored.every(({ Overwrite }) => Overwrite === true));
  });

  it('adds the connection to the file, keeps its comments, and adds none twice', async () => {
    assert.equal((await run({ options: { write: true } })).code, 0);
    const content = readFileSync(config, 'utf8');
    assert.ok(content.startsWith('# kept\n'));
    const { processes } = parse(content) as { processes: { incidents: { connections: object[] } } };
    assert.partialDeepStrictEqual(processes.incidents.connections, [{ name: 'aws-main', project: 'INC' }]);
    const again = await run({ options: { write: true } });
    assert.match(String(again.code), /has a connection aws-main already/);
    assert.equal(
      (await run({ options: { write: true, connection: 'second', region: 'eu-west-1' } })).code,
      0,
    );
  });

  it('writes no file that would be faulty', async () => {
    const before = readFileSync(config, 'utf8');
    const { code } = await run({ options: { write: true, url: jira.url.replace('127.0.0.1', 'localhost') } });
    assert.match(String(code), /not written; it would have faults[^]*SITE/);
    assert.equal(readFileSync(config, 'utf8'), before);
  });

  it('a dry run stores and writes nothing', async () => {
    const before = readFileSync(config, 'utf8');
    const { code, stored, text } = await run({ options: { store: true, write: true, dryRun: true } });
    assert.deepEqual([code, stored, readFileSync(config, 'utf8')], [0, [], before]);
    assert.match(text, /would be stored[^]*would be added to/);
  });

  it('works without a configuration, with words to replace', async () => {
    rmSync(config);
    const { code, text } = await run({ options: { account: '999999999999' } });
    assert.equal(code, 0);
    assert.match(text, /site: SITE[^]*account: "999999999999"/);
  });

  for (const [what, given, found] of [
    ['a wrong token', { env: { LOCKKEEPER_JIRA_API_TOKEN: 'wrong' } }, /failed +credentials/],
    ['an unknown project', { options: { projectKey: 'NONE' } }, /failed +project NONE/],
    ['an unknown type', { options: { issueType: 'Incidents' } }, /failed +issue type Incidents[^]*Incident/],
  ] as const)
    it(`fails for ${what}, stores and writes nothing`, async () => {
      const options = { store: true, write: true, ...('options' in given ? given.options : {}) };
      const { code, text, stored } = await run({ ...given, options });
      assert.deepEqual([code, stored], [1, []]);
      assert.match(text, found);
    });

  for (const [what, given, message] of [
    ['no token', { env: { LOCKKEEPER_JIRA_API_TOKEN: undefined } }, /no API token/],
    ['two tokens', { options: { token: 'a', tokenStdin: true } }, /Give one of them/],
    [
      'a token with a line break',
      { env: { LOCKKEEPER_JIRA_API_TOKEN: 'a\nb' } },
      /characters that no token has/,
    ],
    ['a URL in clear', { options: { url: 'http://acme.atlassian.net' } }, /--url/],
    ['a URL with a path', { options: { url: 'https://acme.atlassian.net/jira' } }, /--url/],
    ['several faults at once', { options: { email: 'x', projectKey: 'sec' } }, /--email[^]*--project-key/],
  ] as const)
    it(`refuses ${what}`, async () => {
      const { code } = await run(given);
      assert.ok(code instanceof CliError && code.exitCode === 2);
      assert.match(`${code.message} ${code.fix}`, message);
    });

  it('says what it does by --log-level, and never the token (S-8, S-96)', async () => {
    assert.equal((await run({ level: 'error' })).warned, '');
    assert.match((await run({ level: 'info' })).warned, /^read own account: ok$/m);
    const { warned } = await run({ level: 'debug', options: { projectKey: 'NONE' } });
    assert.match(warned, /GET \/rest\/api\/3\/project\/NONE: failed/);
  });

  for (const [words, level] of [
    [['sync', 'jira'], 'error'],
    [['sync', '--log-level', 'debug', 'jira'], 'debug'],
    [['sync', 'jira', '--log-level', 'info'], 'info'],
    [['sync', '--log-level', 'debug', 'jira', '--log-level', 'info'], 'info'],
  ] as const)
    it(`${words.join(' ')}: the log level is ${level}`, () => {
      let found: string | undefined;
      const program = new Command();
      const sync = program.command('sync').addOption(logLevelOption());
      const own = sync.command('jira').addOption(logLevelOption());
      own.action(() => void (found = levelOf(own)));
      program.parse(words, { from: 'user' });
      assert.equal(found, level);
    });

  it('has every flag in its help, the project key as required (X-7)', () => {
    const find = (parent: Command | undefined, name: string) =>
      parent?.commands.find((command) => command.name() === name);
    const command =
      find(
        find(
          createProgram(() => undefined),
          'sync',
        ),
        'jira',
      ) ?? assert.fail();
    const help = command.helpInformation();
    for (const flag of [
      '--email',
      '--url',
      '--token ',
      '--token-stdin',
      '--project-key',
      '--log-level',
      '-h, --help',
    ])
      assert.ok(help.includes(flag), flag);
    const required = command.options.filter(({ mandatory }) => mandatory).map(({ long }) => long);
    assert.deepEqual(required, ['--email', '--url', '--project-key']);
  });
});
