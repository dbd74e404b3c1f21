import type { Command } from 'commander';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import { pauseWaves, resume, resumeWaves, skipWave } from '../../workflows/agent-promotion/messages.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { findPromotion } from './find-promotion.ts';
import { runInSession, type GlobalOptions, type Session } from './session.ts';

/** Plain signals: they can only delay or leave out, so nothing is signed. */
export function addWaveSignals(program: Command, end: (code: ExitCode) => void): void {
  const add = (name: string, description: string, help: string) =>
    program
      .command(name)
      .description(description)
      .argument('<ticket>', 'key, URL, numeric id or workflow id')
      .addHelpText('after', help);
  const run = (typed: string, command: Command, sent: Sent) =>
    runInSession(command.optsWithGlobals<GlobalOptions>(), (session) => sendSignals(session, typed, sent));

  add('pause', 'begin no further wave of a promotion', '\nExamples:\n  lockkeeper pause DEVOPS-77').action(
    async (typed: string, _options: unknown, command: Command) =>
      end(await run(typed, command, { signals: [{ name: pauseWaves.name, payload: {} }], done: pausedText })),
  );
  add(
    'resume',
    'go on with its waves, and try again what is parked after a failure',
    '\nExamples:\n  lockkeeper resume DEVOPS-77',
  ).action(async (typed: string, _options: unknown, command: Command) =>
    end(
      await run(typed, command, {
        signals: [resumeWaves, resume].map(({ name }) => ({ name, payload: {} })),
        done: 'told to go on',
      }),
    ),
  );
  add('skip', 'leave one wave of a promotion out', '\nExamples:\n  lockkeeper skip DEVOPS-77 2')
    .argument('<wave>', 'its number, from 1')
    .action(async (typed: string, wave: string, _options: unknown, command: Command) => {
      const number = toWave(wave);
      const signals = [{ name: skipWave.name, payload: { wave: number } }];
      end(await run(typed, command, { signals, done: `wave ${number} is left out unless it has begun` }));
    });
}

const pausedText = 'no further wave begins until: lockkeeper resume';

interface Sent {
  readonly signals: readonly { readonly name: string; readonly payload: object }[];
  readonly done: string;
}

/** Each may be repeated freely: it says how things shall be. */
export async function sendSignals(
  session: Session,
  typed: string,
  { signals, done }: Sent,
): Promise<ExitCode> {
  const workflowId = await findPromotion(session, typed);
  const starter = createTemporalStarter(session.temporal.client);
  for (const signal of signals)
    if (!(await starter.signal(workflowId, signal)))
      throw new CliError(
        exitCodes.notFound,
        `${workflowId} does not run`,
        'See how it ended: lockkeeper explain',
      );
  const names = signals.map(({ name }) => name);
  session.output.print({ workflowId, signals: names }, [`${workflowId}: ${done}`]);
  return exitCodes.ok;
}

function toWave(typed: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(typed)) return Number(typed);
  throw new CliError(exitCodes.usage, `"${typed}" is no wave`, 'Give its number, from 1.');
}
