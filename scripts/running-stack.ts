import { readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import { startStack, type Stack, type StackOptions } from '../sandbox/stack/start-stack.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const runDir = path.join(root, '.run');

/** The stack that `npm run dev` or a demo left up, if its starters still answer. */
export async function findRunningStack(): Promise<Endpoints | undefined> {
  try {
    const endpoints = JSON.parse(await readFile(path.join(runDir, 'endpoints.json'), 'utf8')) as Endpoints;
    const response = await fetch(`${endpoints.starters}/healthz`, { signal: AbortSignal.timeout(2_000) });
    return response.ok ? endpoints : undefined;
  } catch {
    return undefined;
  }
}

/** Ports that people can bookmark, where they are free. */
const preferred = {
  temporal: 7233,
  ui: 8233,
  starters: 8080,
  console: 8090,
  jira: 8091,
  gitlab: 8092,
  slack: 8093,
  aws: 8094,
  halo: 8095,
  securityIr: 8096,
};

export async function startLocalStack(log: (line: string) => void): Promise<Stack> {
  const ports: Record<string, number> = {};
  for (const [name, port] of Object.entries(preferred)) if (await isFree(port)) ports[name] = port;
  const options: StackOptions = {
    ...{ runDir, log, ports, schedules: true, freeze: true },
    // where a build that passes every check goes without asking anybody, so that there is something to inspect
    changeEnvironments: { canary: { autoApprove: true } },
  };
  return startStack(options);
}

export function printEndpoints(endpoints: Endpoints): void {
  const rows = [
    ['Temporal Web UI', endpoints.ui],
    ['Sandbox console', `${endpoints.console}/?token=${endpoints.control}`],
    ['Starters (webhooks)', endpoints.starters],
    ['Jira', endpoints.jira],
    ['GitLab pipelines', `${endpoints.gitlab}/devops/agent-promotion/-/pipelines`],
    ['Slack', endpoints.slack],
    ['AWS', endpoints.aws],
    ['Halo', endpoints.halo],
    ['Security Incident Response', endpoints.securityIncidentResponse],
    ['Temporal', endpoints.temporal],
  ] as const;
  for (const [name, url] of rows) process.stdout.write(`  ${name.padEnd(27)} ${url}\n`);
  process.stdout.write(
    '  Credentials of the sandbox: .run/endpoints.json; for the CLI: set -a; . .run/sandbox.env; set +a\n',
  );
}

/** Resolves with the first Ctrl-C or SIGTERM. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve());
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
