import { parseArgs } from 'node:util';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import { demoApproval } from './demo-approval.ts';
import { demoChange } from './demo-change.ts';
import type { DemoCheck } from './demo-check.ts';
import { demoHalo } from './demo-halo.ts';
import { demoIncidents } from './demo-incidents.ts';
import { demoPromotion } from './demo-promotion.ts';
import { demoSecrets } from './demo-secrets.ts';
import { findRunningStack, printEndpoints, startLocalStack, untilInterrupted } from './running-stack.ts';

const processes = {
  promotion: demoPromotion,
  approval: demoApproval,
  change: demoChange,
  halo: demoHalo,
  incidents: demoIncidents,
  secrets: demoSecrets,
} as const;
type ProcessName = keyof typeof processes;

const usage = `usage: npm run demo -- [--process ${Object.keys(processes).join('|')}] [--exit]

Starts Temporal, stand-ins of Jira, GitLab, Slack, Halo, AWS and its Security Incident Response, Lockkeeper's worker and starters on this machine, drives the
processes with samples/, reads every outcome back from the vendors and prints a summary. Then everything stays up until
Ctrl-C; with --exit it ends, with 0 only if every outcome is as expected.
`;

const started = Date.now();
const log = (line: string) => process.stdout.write(`${seconds().padStart(6)}  ${line}\n`);
await main();

async function main() {
  const args = readArguments();
  const running = await findRunningStack();
  if (running) log('using the stack that is up already (npm run dev)');
  const interrupted = untilInterrupted();
  const stack = running ? undefined : await startLocalStack(log);
  const endpoints = running ?? stack?.endpoints;
  if (!endpoints) return;
  let failed = true;
  try {
    log(`up in ${seconds()}`);
    printEndpoints(endpoints);
    const drive = drivenBy(endpoints, args.process);
    const checks = await Promise.race([drive, interrupted.then(() => undefined)]);
    if (checks) failed = !summarise(checks);
    if (checks && !args.exit && stack) {
      process.stdout.write('\nEverything stays up for you to look around. Ctrl-C ends it.\n');
      await interrupted;
    }
  } finally {
    await stack?.stop();
  }
  process.exit(failed ? 1 : 0);
}

async function drivenBy(endpoints: Endpoints, only: ProcessName | undefined): Promise<DemoCheck[]> {
  const names = only ? [only] : (Object.keys(processes) as ProcessName[]);
  const checks: DemoCheck[] = [];
  for (const name of names) {
    log(`— process: ${name}`);
    checks.push(...(await processes[name](endpoints, log)));
  }
  return checks;
}

function summarise(checks: readonly DemoCheck[]): boolean {
  process.stdout.write('\nOutcomes, read back from the vendors:\n');
  for (const { what, expected, found, ok } of checks)
    process.stdout.write(
      `  ${ok ? 'ok    ' : 'WRONG '} ${what.padEnd(52)} ${found}${ok ? '' : ` (expected ${expected})`}\n`,
    );
  const good = checks.filter(({ ok }) => ok).length;
  process.stdout.write(`  ${good} of ${checks.length} as expected, ${seconds()} in all\n`);
  return good === checks.length;
}

function readArguments(): { process?: ProcessName; exit: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        process: { type: 'string' },
        exit: { type: 'boolean', default: false },
        help: { type: 'boolean' },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      process.exit(0);
    }
    const { process: name, exit } = values;
    if (name === undefined) return { exit };
    if (!Object.hasOwn(processes, name))
      throw new Error(`--process: "${name}" is none of ${Object.keys(processes).join(', ')}`);
    return { process: name as ProcessName, exit };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

function seconds(): string {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`;
}
