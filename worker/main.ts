import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  makeTelemetryFilterString,
  type LogEntry,
} from '@temporalio/worker';
import { installHttp } from '../activities/http.ts';
import { reportFaults, reportWarning, type ConfigFault } from '../config/fault.ts';
import type { Config } from '../config/parse-config.ts';
import { loadConfigWithParameters } from '../config/ssm-secrets.ts';
import { loadTemporalConnection } from '../config/temporal-connection.ts';
import { createWorkers } from './create-workers.ts';
import { payloadConverterPath } from './bundle.ts';
import { serveHealth } from './health.ts';
import { findIncidentFormFaults } from './queues/aws-incident.ts';
import { findHaloFaults } from './queues/halo.ts';
import { findJiraFaults } from './queues/jira.ts';
import { areOff, findMissingSecrets, queueNames, type QueueName } from './queues.ts';

const usage = `usage: node worker/main.ts [--config lockkeeper.yaml] [--queues ${queueNames.join(',')}] [--host 127.0.0.1] [--health-port 0]`;

await main();

/** Prints {"running": [task queues], "health": URL} on stdout when all workers poll; drains and ends on SIGTERM. */
async function main() {
  const args = readArguments();
  const loaded = await loadConfigWithParameters(args.config, process.env);
  if ('faults' in loaded) return end(reportFaults(loaded.faults));
  const missing = findMissingSecrets(loaded.config, args.queues);
  if (missing.length > 0) return end(reportFaults(missing));
  installHttp();
  const contradicted = await findContradictions(loaded.config, args.queues);
  if (contradicted.length > 0) return end(reportFaults(contradicted));
  for (const warning of loaded.warnings) logWarning(reportWarning(warning));
  await (areOff(loaded.config, args.queues) ? idle(args) : run(loaded.config, args));
}

/** What the live systems say against the configuration. */
async function findContradictions(
  config: Config,
  queues: readonly QueueName[],
): Promise<readonly ConfigFault[]> {
  const found = await Promise.all([
    queues.includes('jira') ? findJiraFaults(config) : [],
    queues.includes('halo') ? soon(findHaloFaults(config)) : [],
    queues.includes('aws-incident') ? soon(findIncidentFormFaults(config)) : [],
  ]);
  return found.flat();
}

/** A site that is slow contradicts nothing: the worker starts, and what is wrong shows with the first pass. */
async function soon(faults: Promise<readonly ConfigFault[]>): Promise<readonly ConfigFault[]> {
  const ended = new AbortController();
  const late = sleep(5_000, [], { signal: ended.signal });
  late.catch(() => undefined);
  try {
    return await Promise.race([faults, late]);
  } finally {
    ended.abort();
  }
}

async function run(config: Config, args: { queues: readonly QueueName[]; host: string; healthPort: number }) {
  Runtime.install({
    logger: new DefaultLogger('INFO', writeLog),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
    },
    shutdownSignals: ['SIGTERM', 'SIGINT'],
  });
  const { connectionOptions, namespace } = loadTemporalConnection(process.env);
  const connection = await NativeConnection.connect(connectionOptions);
  const calls = await Connection.connect(connectionOptions);
  const client = new Client({ connection: calls, namespace, dataConverter: { payloadConverterPath } });
  const buildId = process.env['LOCKKEEPER_BUILD_ID'];
  const deployment = buildId
    ? { deployment: { deploymentName: `lockkeeper-${config.deployment}`, buildId } }
    : {};
  const workers = await createWorkers({ config, queues: args.queues, connection, client, ...deployment });
  const running = workers.map((worker) => worker.run());
  const health = await serveHealth(workers, { host: args.host, port: args.healthPort });
  const taskQueues = workers.map((worker) => worker.options.taskQueue);
  process.stdout.write(`${JSON.stringify({ running: taskQueues, health })}\n`);
  await Promise.all(running);
  await connection.close();
  await calls.close();
}

/** It stays, healthy and without Temporal: a supervisor that starts what has ended would start it again and again. */
async function idle({ queues, host, healthPort }: Parameters<typeof run>[1]) {
  logWarning(`nothing to do: the process of the queue ${queues.join(', ')} is not configured`);
  const health = await serveHealth([], { host, port: healthPort });
  process.stdout.write(`${JSON.stringify({ running: [], health })}\n`);
  // the health server alone keeps no process alive
  const alive = setInterval(() => {}, 2 ** 30);
  await Promise.race((['SIGTERM', 'SIGINT'] as const).map((signal) => once(process, signal)));
  clearInterval(alive);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: 'string', default: process.env['LOCKKEEPER_CONFIG'] ?? 'lockkeeper.yaml' },
        queues: { type: 'string', default: queueNames.join(',') },
        host: { type: 'string', default: '127.0.0.1' },
        'health-port': { type: 'string', default: '0' },
      },
    });
    return { ...values, queues: parseQueues(values.queues), healthPort: parsePort(values['health-port']) };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exit(2);
  }
}

function parseQueues(list: string): QueueName[] {
  const names = list.split(',').map((name) => {
    const known = queueNames.find((queue) => queue === name.trim());
    if (!known) throw new Error(`--queues: "${name}" is none of ${queueNames.join(', ')}`);
    return known;
  });
  return [...new Set(names)];
}

/** 0 takes any free port. */
function parsePort(value: string): number {
  if (!/^[0-9]{1,5}$/.test(value) || Number(value) > 65_535)
    throw new Error(`--health-port: "${value}" is no port from 0 to 65535`);
  return Number(value);
}

function logWarning(message: string) {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), level: 'WARN', message })}\n`);
}

function end(message: string) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}

/** One JSON line per entry on stderr. */
function writeLog({ level, timestampNanos, message, meta }: LogEntry) {
  const at = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  process.stderr.write(`${JSON.stringify({ at, level, message, ...meta }, keepErrors)}\n`);
}

function keepErrors(_key: string, value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return typeof value === 'bigint' ? String(value) : value;
}
