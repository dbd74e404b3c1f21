import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { stringify } from 'yaml';
import { reportFaults } from '../../config/fault.ts';
import { loadConfig } from '../../config/load-config.ts';
import { ensureFreeze } from '../../activities/temporal/start-freeze.ts';
import { createOutput } from '../../starters/cli/output.ts';
import { setUpKeys } from '../../starters/cli/setup-keys.ts';
import { ensureSchedules } from '../../starters/schedules.ts';
import { subscribeEndpoint } from '../aws/incident-plumbing.ts';
import { startConsole } from '../console/start-console.ts';
import { cacheDir } from '../shared/cache-dir.ts';
import { freePort } from '../shared/free-port.ts';
import { startDevServer, type DevServer } from '../temporal/dev-server.ts';
import { resolveTemporalCli } from '../temporal/resolve-cli.ts';
import { toSandboxConfig, type ConfigInputs } from './config-file.ts';
import { toEndpoints, type Endpoints } from './endpoints.ts';
import { toEnvironment } from './environment.ts';
import { ownProcess, type OwnProcess } from './process.ts';
import { startVendors, type SandboxVendors, type VendorPorts } from './vendors.ts';

export interface StackOptions {
  /** Logs, database, configuration and endpoints.json go here. */
  readonly runDir: string;
  readonly log: (line: string) => void;
  /** Fixed ports where given and free; else any. */
  readonly ports?: VendorPorts & { temporal?: number; ui?: number; starters?: number; console?: number };
  /** `memory` is faster, for tests. */
  readonly database?: 'file' | 'memory';
  readonly policy?: Readonly<Record<string, unknown>>;
  /** Overrides rules of the change policy `standard`. */
  readonly changePolicy?: Readonly<Record<string, unknown>>;
  /** Further controlled environments, each with a policy of its own. */
  readonly changeEnvironments?: NonNullable<ConfigInputs['changeEnvironments']>;
  /** Overrides keys of the source of findings `halo`. */
  readonly halo?: NonNullable<ConfigInputs['halo']>;
  /** Overrides keys of the connection `aws-main`; `off`: no incident is synchronised. */
  readonly incidents?: NonNullable<ConfigInputs['incidents']>;
  /** Overrides keys of the audit of secrets; `off`: none is audited. */
  readonly secrets?: NonNullable<ConfigInputs['secrets']>;
  /** Overrides approvals by name. */
  readonly approvals?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Who decides for whom, and when. */
  readonly delegations?: NonNullable<ConfigInputs['delegations']>;
  /** Every wave is opened at `freeze`, which `lockkeeper setup` starts. */
  readonly freeze?: boolean;
  /** The sweeps' schedules, as `lockkeeper setup` makes them. Tests run the sweeps themselves. */
  readonly schedules?: boolean;
}

/** Everything of the main job on this machine: real Temporal, the vendors' stand-ins, Lockkeeper's worker and starters. */
export interface Stack {
  readonly endpoints: Endpoints;
  readonly vendors: SandboxVendors;
  readonly temporal: DevServer;
  readonly worker: OwnProcess;
  readonly starters: OwnProcess;
  readonly configFile: string;
  /** The environment of the worker: every secret of every queue. Also the CLI's. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startStack(options: StackOptions): Promise<Stack> {
  const { runDir, log, ports = {} } = options;
  const cache = cacheDir();
  await mkdir(runDir, { recursive: true });
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const cli = await resolveTemporalCli({ cacheDir: cache, log });
    const startersPort = ports.starters ?? (await freePort());
    const startersUrl = `http://127.0.0.1:${startersPort}`;
    log('starting Temporal and the vendors …');
    const [temporal, vendors] = await Promise.all([
      startTemporal(cli.path, options).then((server) => keep(stops, server)),
      startVendors({ runDir, cacheDir: cache, startersUrl, ports, log }).then((all) => keep(stops, all)),
    ]);
    const configFile = path.join(runDir, 'lockkeeper.yaml');
    await writeFile(configFile, stringify(configOf({ temporal, vendors, startersUrl }, options)));
    const env = { ...toEnvironment(vendors, temporal, configFile), ...(await makeKeys(runDir)) };
    const worker = ownProcess({
      main: 'worker/main.ts',
      args: ['--config', configFile],
      env,
      logFile: path.join(runDir, 'worker.log'),
    });
    const starters = ownProcess({
      main: 'starters/main.ts',
      args: ['--config', configFile, '--port', String(startersPort)],
      env,
      logFile: path.join(runDir, 'starters.log'),
    });
    stops.push(
      () => worker.stop(),
      () => starters.stop(),
    );
    log('starting worker and starters …');
    await Promise.all([worker.start(), starters.start()]);
    await subscribeStarters(vendors, startersUrl, options);
    if (options.schedules || options.freeze) await setUp(temporal.address, { configFile, env, options });
    const console = keep(
      stops,
      await startConsole({
        vendors,
        uiUrl: temporal.uiUrl,
        ...(ports.console === undefined ? {} : { port: ports.console }),
      }),
    );
    const endpoints = toEndpoints({ temporal, vendors, startersUrl, consoleUrl: console.url });
    await writeFile(path.join(runDir, 'endpoints.json'), JSON.stringify(endpoints, null, 2), { mode: 0o600 });
    await writeFile(path.join(runDir, 'sandbox.env'), toShell(env), { mode: 0o600 });
    stops.push(async () => {
      for (const name of ['endpoints.json', 'sandbox.env'])
        await rm(path.join(runDir, name), { force: true });
    });
    return { endpoints, vendors, temporal, worker, starters, configFile, env, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** For a shell: `set -a; . .run/sandbox.env; set +a`, then the CLI speaks to the sandbox. */
function toShell(env: Readonly<Record<string, string>>): string {
  const own = Object.entries(env).filter(([name]) => /^(LOCKKEEPER|TEMPORAL|AWS|HALO)_/.test(name));
  return own.map(([name, value]) => `${name}='${value}'\n`).join('');
}

const publicKeysFile = 'decision-keys.json';

/** As `lockkeeper setup keys` makes them, new at each start. */
async function makeKeys(runDir: string): Promise<Record<string, string>> {
  const at = (name: string) => path.join(runDir, name);
  const files = { gatewayFile: at('gateway-keys.private.json'), jiraFile: at('jira-keys.private.json') };
  for (const file of [at(publicKeysFile), ...Object.values(files)]) await rm(file, { force: true });
  const output = createOutput(true, () => {});
  setUpKeys({ publicFile: at(publicKeysFile), env: {}, output, now: new Date() }, files);
  return {
    LOCKKEEPER_DECISION_KEYS_FILE: files.gatewayFile,
    LOCKKEEPER_JIRA_ATTESTATION_KEYS_FILE: files.jiraFile,
  };
}

/** What `lockkeeper setup` does. */
async function setUp(
  address: string,
  {
    configFile,
    env,
    options,
  }: { configFile: string; env: Readonly<Record<string, string>>; options: StackOptions },
) {
  const loaded = loadConfig(configFile, env);
  if ('faults' in loaded) throw new Error(reportFaults(loaded.faults));
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    if (options.schedules) await ensureSchedules(client, loaded.config);
    if (options.freeze) await ensureFreeze(client, loaded.config);
  } finally {
    await connection.close();
  }
}

/** As an operator subscribes them once; they confirm by themselves. */
async function subscribeStarters(
  { aws }: SandboxVendors,
  startersUrl: string,
  { incidents, secrets }: Pick<StackOptions, 'incidents' | 'secrets'>,
) {
  const { credentials, incidents: ofIncidents, secrets: ofSecrets } = aws.provisioned;
  const topics = [
    ...(incidents === 'off' ? [] : [ofIncidents.topicArn]),
    ...(secrets === 'off' ? [] : [ofSecrets.ticketTopicArn]),
  ];
  // past the front: its log is for what Lockkeeper itself does
  for (const topicArn of topics)
    await subscribeEndpoint(aws.emulatorUrl, credentials.admin.soc, {
      ...{ topicArn, url: `${startersUrl}/webhooks/sns` },
    });
}

function keep<T extends { stop(): Promise<void> }>(stops: (() => Promise<void>)[], part: T): T {
  stops.push(() => part.stop());
  return part;
}

/** The vendors' state is new at each start, so Temporal's is too: an old run would ask for tickets that are gone. */
async function startTemporal(
  cli: string,
  { runDir, database, ports = {} }: StackOptions,
): Promise<DevServer> {
  const databaseFile = path.join(runDir, 'temporal.db');
  for (const suffix of ['', '-wal', '-shm']) await rm(`${databaseFile}${suffix}`, { force: true });
  return startDevServer({
    cli,
    runDir,
    ...(database === 'memory' ? {} : { databaseFile }),
    ...(ports.temporal === undefined ? {} : { port: ports.temporal }),
    ...(ports.ui === undefined ? {} : { uiPort: ports.ui }),
  });
}

function configOf(
  { temporal, vendors, startersUrl }: { temporal: DevServer; vendors: SandboxVendors; startersUrl: string },
  options: StackOptions,
) {
  const { policy, changePolicy, changeEnvironments, approvals, delegations, freeze } = options;
  const { halo, incidents, secrets } = options;
  return toSandboxConfig({
    people: vendors.people,
    aws: vendors.aws,
    jiraUrl: vendors.jira.url,
    gitlabUrl: vendors.gitlab.url,
    uiUrl: temporal.uiUrl,
    policy: { pipelinePollSeconds: 5, heartbeatSeconds: 2, ...policy },
    gatewayUrl: startersUrl,
    publicKeys: publicKeysFile,
    ...(changePolicy ? { changePolicy } : {}),
    ...(changeEnvironments ? { changeEnvironments } : {}),
    ...(halo ? { halo } : {}),
    ...(incidents ? { incidents } : {}),
    ...(secrets ? { secrets } : {}),
    ...(approvals ? { approvals } : {}),
    ...(delegations ? { delegations } : {}),
    ...(freeze === undefined ? {} : { freeze }),
  });
}
