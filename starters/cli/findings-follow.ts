import { setTimeout as sleep } from 'node:timers/promises';
import type { HaloSyncView, PassReport } from '../../workflows/halo-sync/messages.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { describePass, rateOf, toBar } from './findings-words.ts';
import { readFindings } from './findings-source.ts';
import type { Session } from './session.ts';

/** A terminal can rewrite its line; what is no terminal gets a line with each change. */
export interface Screen {
  readonly isTerminal: boolean;
  /** A longer line would wrap, and only its last part be rewritten. Default 80. */
  readonly columns?: number;
  write(text: string): void;
}

export interface FollowOptions {
  readonly screen?: Screen;
  readonly pause?: () => Promise<void>;
  readonly now?: () => number;
}

export interface FollowedPass {
  readonly source: string;
  readonly requestId: string;
  /** Of a dry run. */
  readonly workflowId?: string;
}

const pollMs = 1_000;
/** A worker that restarts is no reason to stop following. */
const mostSilences = 10;
const clearLine = '\r\u001b[2K';

/** Follows a pass until it ends. @returns ok, or failed when it failed */
export async function followPass(
  session: Session,
  pass: FollowedPass,
  options: FollowOptions = {},
): Promise<ExitCode> {
  const { screen = ownScreen(), pause = () => sleep(pollMs), now = Date.now } = options;
  const { source, requestId } = pass;
  const { output } = session;
  const hasBar = screen.isTerminal && !output.json;
  let shown = '';
  for (;;) {
    const report = findReport(await readPatiently(session, pass, pause), source, requestId);
    const isOver = report !== 'waits' && report.endedAt !== null;
    const text = report === 'waits' ? 'waits for the pass that runs' : describePass(report);
    if (hasBar && !isOver) {
      const bar =
        report === 'waits' || report.state !== 'running' ? text : toBar(report, rateOf(report, now()));
      screen.write(`${clearLine}${bar.slice(0, (screen.columns ?? 80) - 1)}`);
    } else if (text !== shown) {
      if (hasBar) screen.write(clearLine);
      const data = report === 'waits' ? { requestId, state: 'waiting' } : report;
      output.print(data, [`${new Date(now()).toISOString()} ${text}`]);
    }
    shown = text;
    if (isOver) return report.state === 'done' ? exitCodes.ok : exitCodes.failed;
    await pause();
  }
}

async function readPatiently(
  session: Session,
  { source, workflowId }: FollowedPass,
  pause: () => Promise<void>,
): Promise<HaloSyncView> {
  for (let silences = 1; ; silences += 1)
    try {
      return await readFindings(session, source, workflowId);
    } catch (error) {
      const isSilent = error instanceof CliError && error.exitCode === exitCodes.unavailable;
      if (!isSilent || silences >= mostSilences) throw error;
      await pause();
    }
}

/** @throws CliError when nobody knows the request any more */
function findReport(
  { running, reports, waiting }: HaloSyncView,
  source: string,
  requestId: string,
): PassReport | 'waits' {
  const own = reports.find((report) => report.requestId === requestId);
  // it goes along with the pass that runs
  if (own?.state === 'running' && running) return { ...running, requestId };
  if (own) return own;
  if (running?.requestId === requestId) return running;
  if (waiting > 0) return 'waits';
  throw new CliError(
    exitCodes.failed,
    `${source} does not know the request ${requestId} any more`,
    'Look how the last passes ended: lockkeeper findings list',
  );
}

function ownScreen(): Screen {
  return {
    isTerminal: process.stdout.isTTY,
    columns: process.stdout.columns,
    write: (text) => void process.stdout.write(text),
  };
}
