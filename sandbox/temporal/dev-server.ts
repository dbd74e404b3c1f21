import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { spawnTied, stopChild } from '../shared/child.ts';
import { freePort } from '../shared/free-port.ts';
import { searchAttributeNames } from '../../workflows/shared/names.ts';

export interface DevServer {
  readonly address: string;
  readonly uiUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The dev server's defaults wait up to 50 ms per hop and 1 s per timer: fine for a person, slow for a demo. */
const tuning = [
  'history.transferProcessorMaxPollRPS=500',
  'history.timerProcessorMaxPollRPS=500',
  'history.timerProcessorMaxTimeShift="1ms"',
  'system.forceSearchAttributesCacheRefreshOnRead=true',
];

export interface DevServerOptions {
  readonly cli: string;
  readonly runDir: string;
  /** Keeps everything over restarts; in memory when left out. */
  readonly databaseFile?: string;
  readonly port?: number;
  readonly uiPort?: number;
}

const tries = 3;

class EndedEarly extends Error {
  override readonly name = 'EndedEarly';
}

/**
 * Starts Temporal's dev server with Web UI on loopback, with the search attributes of Lockkeeper. A port that was free when it
 * was chosen, by us or by the server itself, may be taken a moment later; the server then ends, sometimes in a panic that does not
 * say so: one that ends before it was ready is tried again with other ports.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  await mkdir(options.runDir, { recursive: true });
  for (let attempt = 1; ; attempt += 1)
    try {
      return await startOnce(options);
    } catch (error) {
      if (!(error instanceof EndedEarly) || attempt >= tries) throw error;
    }
}

async function startOnce(options: DevServerOptions): Promise<DevServer> {
  const port = options.port ?? (await freePort());
  const uiPort = options.uiPort ?? (await freePort());
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--ui-ip', '127.0.0.1', '--log-level', 'warn'];
  args.push('--port', String(port), '--ui-port', String(uiPort));
  if (options.databaseFile)
    args.push(
      '--db-filename',
      options.databaseFile,
      '--sqlite-pragma',
      'journal_mode=wal',
      '--sqlite-pragma',
      'synchronous=off',
    );
  for (const value of tuning) args.push('--dynamic-config-value', value);
  for (const name of Object.values(searchAttributeNames))
    args.push(
      '--search-attribute',
      `${name}=${name === searchAttributeNames.dueBy ? 'Datetime' : 'Keyword'}`,
    );
  const logFile = path.join(options.runDir, 'temporal.log');
  const child = spawnTied(options.cli, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  const address = `127.0.0.1:${port}`;
  await waitUntilReady(child, address, logFile);
  return { address, uiUrl: `http://127.0.0.1:${uiPort}`, pid: child.pid ?? 0, stop: () => stopChild(child) };
}

async function waitUntilReady(child: ChildProcess, address: string, logFile: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && child.exitCode === null) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 2_000 });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      return await connection.close();
    } catch {
      await sleep(100);
    }
  }
  const hasEnded = child.exitCode !== null;
  child.kill('SIGKILL');
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).split('\n');
  const said = lines.filter((line) => /panic|already in use/.test(line)).slice(-3);
  const text = `Temporal's dev server did not start on ${address}. Its log ends:\n${[...said, ...lines.slice(-15)].join('\n')}`;
  throw hasEnded ? new EndedEarly(text) : new Error(text);
}
