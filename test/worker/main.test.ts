import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { exampleWith, exampleYaml } from '../config/example-config.ts';

const main = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('worker/main.ts', function () {
  this.timeout(60_000);
  const ended = new Map<string, Ended>();
  let folder: string;

  let good: readonly string[];

  const environment = (secrets: NodeJS.ProcessEnv = {}) => ({
    ...{ PATH: process.env['PATH'], TEMPORAL_ADDRESS: '127.0.0.1:1', HOME: folder },
    ...secrets,
  });
  const start = (args: readonly string[]) =>
    spawn(process.execPath, [main, ...args], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 30_000,
    });

  /** The real file, as a supervisor runs it. Nothing listens on port 1. */
  function run(args: readonly string[], secrets: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const env = { PATH, NODE_COMPILE_CACHE, TEMPORAL_ADDRESS: '127.0.0.1:1', HOME: folder, ...secrets };
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [main, ...args],
        { env, timeout: 30_000 },
        (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
      );
    });
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lockkeeper-worker-'));
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return ['--config', join(folder, name)];
    };
    good = file('good.yaml', exampleYaml);
    const faulty = file(
      'faulty.yaml',
      exampleWith({ onCall: 'devv', 'jira.sites.0.bot': 'robot', deployment: 7 }),
    );
    const runs: Readonly<Record<string, Promise<Ended>>> = {
      queue: run([...good, '--queues', 'jira,gitlba,slack']),
      port: run([...good, '--health-port', '99999']),
      faulty: run(faulty, { LOCKKEEPER_JIRA_API_TOKEN: '', LOCKKEEPER_GITLAB_TOKEN: 'glpat-canary' }),
      missing: run([...good, '--queues', 'jira,slack'], { LOCKKEEPER_JIRA_EMAIL: 'bot@example.com' }),
    };
    for (const [name, running] of Object.entries(runs)) ended.set(name, await running);
  });
  after(() => rmSync(folder, { recursive: true }));

  const cases: Readonly<Record<string, readonly RegExp[]>> = {
    queue: [/--queues: "gitlba" is none of workflows, jira, gitlab, slack, aws-promotion/, /usage: /],
    port: [/--health-port: "99999" is no port from 0 to 65535/, /usage: /],
    faulty: [
      /onCall: "devv" .*"dev"/,
      /jira\.sites\[0\]\.bot: "robot"/,
      /deployment/,
      /LOCKKEEPER_JIRA_API_TOKEN: is empty/,
    ],
    missing: [/LOCKKEEPER_JIRA_API_TOKEN: is not set/, /LOCKKEEPER_SLACK_BOT_TOKEN: is not set/],
  };
  for (const [name, expected] of Object.entries(cases))
    it(`ends with 2 and says what is wrong, all at once: ${name}`, () => {
      const { code, stdout, stderr } = ended.get(name) as Ended;
      assert.equal(code, 2, stderr);
      for (const words of expected) assert.match(stderr, words);
      assert.equal(stdout, '');
    });

  it('waits, healthy and without Temporal, when the process of its queue is off', async () => {
    const child = start([...good, '--queues', 'halo']);
    try {
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      const { running, health } = JSON.parse(line) as { running: string[]; health: string };
      assert.deepEqual(running, []);
      assert.equal((await fetch(`${health}/readyz`)).status, 200);
    } finally {
      child.kill('SIGTERM');
    }
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('asks for the secrets of the named queues only, and shows none', () => {
    assert.doesNotMatch(ended.get('missing')?.stderr ?? '', /GITLAB|JIRA_EMAIL|WEBHOOK/);
    assert.doesNotMatch(ended.get('faulty')?.stderr ?? '', /canary/);
  });
});
