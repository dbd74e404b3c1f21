import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { decisionsYaml, makeKey } from './decision-world.ts';

const main = fileURLToPath(new URL('../../starters/main.ts', import.meta.url));
const secrets = {
  LOCKKEEPER_JIRA_WEBHOOK_SECRET: 'jira-secret',
  LOCKKEEPER_GITLAB_WEBHOOK_TOKEN: 'gitlab-token',
};
const slack = { LOCKKEEPER_SLACK_SIGNING_SECRET: 'slack-secret', LOCKKEEPER_SLACK_BOT_TOKEN: 'xoxb-canary' };
const keysOf = (...keys: ReturnType<typeof makeKey>[]) => ({
  LOCKKEEPER_DECISION_KEYS: JSON.stringify({ keys }),
});

/** The process as it runs; nothing listens on port 1. */
describe('starters/main.ts', function () {
  this.timeout(30_000);
  let folder: string;
  let child: ChildProcess | undefined;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockkeeper-main-'));
    writeFileSync(join(folder, 'lockkeeper.yaml'), decisionsYaml());
  });
  afterEach(() => void child?.kill('SIGKILL'));
  after(() => rmSync(folder, { recursive: true }));

  function start(env: Record<string, string>) {
    const args = [main, '--port', '0', '--config', join(folder, 'lockkeeper.yaml')];
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const base = { PATH, NODE_COMPILE_CACHE, TEMPORAL_ADDRESS: '127.0.0.1:1', HOME: '/nonexistent' };
    child = spawn(process.execPath, args, { env: { ...base, ...secrets, ...env } });
    return child;
  }

  it('takes decisions and Slack while Temporal is down, and ends on SIGTERM', async () => {
    const { stdout, stderr } = start({ ...slack, ...keysOf(makeKey('k1')) });
    assert.ok(stdout && stderr && child);
    stderr.resume();
    const [line] = (await once(createInterface(stdout), 'line')) as [string];
    const { listening } = JSON.parse(line) as { listening: string };
    const statusOf = async (path: string) => (await fetch(`${listening}${path}`, { method: 'POST' })).status;
    assert.deepEqual([await statusOf('/decisions'), await statusOf('/slack/events')], [401, 401]);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
  });

  for (const [what, env, fault] of [
    ['no signing keys', {}, /DECISION_KEYS: is not set/],
    ['keys of another process', keysOf(makeKey('k1', ['jira'])), /no current key that may speak for slack/],
    [
      'no bot token for Slack',
      { LOCKKEEPER_SLACK_SIGNING_SECRET: 's', ...keysOf(makeKey('k1')) },
      /SLACK_BOT_TOKEN: is not set/,
    ],
  ] as const)
    it(`ends with 2 for ${what}`, async () => {
      const { stderr } = start({ ...env });
      let said = '';
      stderr?.on('data', (data: Buffer) => (said += data.toString()));
      assert.deepEqual(await once(child ?? assert.fail(), 'close'), [2, null]);
      assert.match(said, fault);
    });
});
