import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { secretVariables } from '../../config/secrets.ts';
import { wantedRetentionDays } from '../../starters/namespace-retention.ts';
import { findMissingSecrets, queueNames, type QueueName } from '../../worker/queues.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { plainSource } from '../config/halo-config.ts';
import { plainConnection } from '../config/incident-config.ts';
import { sound } from '../config/secret-config.ts';
import { composePath, isJob, readCompose, root, type ComposeService } from './compose-file.ts';

const { services, networks, secrets, configs } = readCompose();
const entries = Object.entries(services);
const variables: ReadonlySet<string> = new Set(Object.values(secretVariables));

const queueOf = ({ command = [] }: ComposeService) => command[command.indexOf('--queues') + 1];
const secretsOf = ({ environment = {} }: ComposeService) =>
  Object.keys(environment)
    .map((name) => name.replace(/_FILE$/, ''))
    .filter((name) => variables.has(name));

describe('docker-compose.temporal.yml', () => {
  for (const [name, service] of entries)
    it(`${name}: pinned image, restart, health`, () => {
      assert.match(service.image, /:\d+\.\d+(\.\d+)?(-[\w.-]+)?$/);
      if (isJob(name, services)) return assert.match(service.restart ?? '', /^on-failure:\d+$/);
      assert.equal(service.restart, 'unless-stopped');
      assert.equal(service.healthcheck?.test[0], 'CMD');
    });

  it('has one worker for each queue, with that queue’s secrets and no other', () => {
    const workers = entries.filter(([name]) => name.startsWith('worker-'));
    assert.deepEqual(workers.map(([, service]) => queueOf(service)).sort(), [...queueNames].sort());
    const processes = {
      ...structuredClone(sound),
      'processes.halo': { sources: [plainSource] },
      'processes.incidents': { connections: [plainConnection] },
    };
    // the file runs without decisions; an audit of secrets cannot be configured without them
    const { decisions: _, ...config } = configOf(exampleWith(processes));
    const bare = { ...config, secrets: {} };
    for (const [name, service] of workers) {
      const needed = findMissingSecrets(bare, [queueOf(service) as QueueName]).map((fault) => fault.path);
      assert.deepEqual(secretsOf(service).sort(), [...needed].sort(), name);
    }
  });

  it('starts the workers of findings, incidents and secrets only where they are asked for', () => {
    const optional = entries.filter(([, { profiles }]) => profiles).map(([name]) => name);
    assert.deepEqual(optional, ['worker-halo', 'worker-aws-incident', 'worker-aws-audit']);
    assert.deepEqual(services['worker-halo']?.profiles, ['halo']);
    assert.deepEqual(services['worker-aws-incident']?.profiles, ['incidents']);
    assert.deepEqual(services['worker-aws-audit']?.profiles, ['secrets']);
  });

  it('gives the starters the secrets of webhooks only', () => {
    const given = secretsOf(services['starters']!);
    assert.deepEqual(given.sort(), ['LOCKKEEPER_GITLAB_WEBHOOK_TOKEN', 'LOCKKEEPER_JIRA_WEBHOOK_SECRET']);
  });

  it('takes every secret from a file, and each is used', () => {
    for (const [name, { environment = {} }] of entries)
      for (const variable of Object.keys(environment))
        assert.ok(!variables.has(variable) && !/PASSWORD$|PWD$/.test(variable), `${name}: ${variable}`);
    const used = new Set(entries.flatMap(([, service]) => service.secrets ?? []));
    assert.deepEqual([...used].sort(), Object.keys(secrets).sort());
    for (const [name, { file }] of Object.entries(secrets)) assert.ok(file.endsWith(`}/${name}`), file);
  });

  it('publishes on loopback only, and keeps database and Temporal inside', () => {
    for (const [, { ports = [] }] of entries) for (const port of ports) assert.match(port, /^127\.0\.0\.1:/);
    assert.deepEqual(services['postgresql']?.networks, ['database']);
    assert.ok(networks['database']?.internal && networks['temporal']?.internal);
    assert.deepEqual(services['worker-workflows']?.networks, ['temporal']);
    for (const [key, { name }] of Object.entries(networks)) assert.equal(name, `lockkeeper-${key}`);
  });

  it('starts files that exist, with one Temporal version and our own', () => {
    for (const [, { command = [] }] of entries) {
      const [node, main] = command.filter((part) => !part.startsWith('--'));
      if (node !== undefined) assert.ok(node === 'node' && main && existsSync(path.join(root, main)), main);
    }
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    for (const [name, { image, build }] of entries)
      assert.ok(
        image === `lockkeeper:${version}` || (build === undefined && !image.startsWith('lockkeeper')),
        name,
      );
    assert.equal(services['temporal']?.image, 'temporalio/server:1.29.1');
    for (const job of ['schema', 'namespace'])
      assert.match(services[job]?.image ?? '', /admin-tools:1\.29\.1-/);
  });

  it('mounts scripts that are there and parse', () => {
    const shipped = Object.values(configs).filter(({ file }) => file.startsWith('./'));
    assert.equal(shipped.length, 4);
    for (const { file } of shipped) {
      assert.ok(existsSync(path.join(root, file)), file);
      if (file.endsWith('.sh')) assert.equal(spawnSync('sh', ['-n', path.join(root, file)]).status, 0, file);
    }
  });

  it('keeps closed runs for as long as ids must be unique', () => {
    const script = readFileSync(path.join(root, 'deploy/temporal/create-namespace.sh'), 'utf8');
    assert.ok(Number(/^retention=(\d+)d$/m.exec(script)?.[1]) >= wantedRetentionDays);
  });

  it('is taken by docker compose config', function () {
    if (spawnSync('docker', ['compose', 'version']).status !== 0) {
      console.warn('      SKIPPED: no docker CLI with compose on this machine');
      this.skip();
    }
    const result = spawnSync('docker', ['compose', '-f', composePath, 'config', '--quiet'], {
      encoding: 'utf8',
    });
    assert.equal(result.status, 0, result.stderr);
  }).timeout(20_000);
});
