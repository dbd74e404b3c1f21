import type { GivenDetails } from '../../../workflows/change-approval/messages.ts';
import type { GateStands } from '../../gates/answers.ts';
import { CliError } from '../cli-error.ts';
import type { Terminal } from '../decisions/confirm.ts';
import { exitCodes } from '../exit-codes.ts';
import type { GateSession } from './open-gate.ts';
import { persist } from './persist.ts';

const questions = {
  summary: 'Summary, one line: ',
  justification: 'Why is it deployed? ',
  rollbackPlan: 'How is it taken back? ',
  components: 'Components, with commas between: ',
} as const satisfies Readonly<Record<keyof GivenDetails, string>>;

const preparedWithinMs = 120_000;
const pollMs = 2_000;
const tries = 3;

/** Asks on the terminal for what is missing once the ticket has been filled in, and passes it on. */
export async function askForDetails(
  workflowId: string,
  { gate, clock, output }: GateSession,
  terminal: Terminal,
): Promise<void> {
  const untilMs = clock.now() + preparedWithinMs;
  const stands = await awaitPrepared(workflowId, { gate, clock }, untilMs);
  if (!stands || stands.missing.length === 0) return;
  const details: Record<string, unknown> = {};
  for (const name of stands.missing) details[name] = toValue(name, await askFor(name, terminal));
  await persist(() => gate.tell(workflowId, 'details', details), { clock, untilMs: Infinity });
  if (!output.json) output.print(null, ['Passed on.']);
}

/** @throws CliError before anything is requested: a job has nobody to ask */
export function requireTerminal({ interactive }: Terminal): void {
  if (interactive) return;
  throw new CliError(
    exitCodes.usage,
    '--ask needs a terminal',
    'Give --summary, --justification, --rollback-plan and --component, or fill in the ticket.',
  );
}

async function awaitPrepared(
  workflowId: string,
  { gate, clock }: Pick<GateSession, 'gate' | 'clock'>,
  untilMs: number,
): Promise<GateStands | undefined> {
  for (;;) {
    const seen = await persist(() => gate.view(workflowId, {}), { clock, untilMs });
    if (!seen.gated) return undefined;
    if (seen.state !== 'preparing') return seen;
    if (clock.now() + pollMs > untilMs)
      throw new CliError(
        exitCodes.unavailable,
        'the ticket is not prepared yet',
        'Fill it in there, or ask again.',
      );
    await clock.sleep(pollMs);
  }
}

async function askFor(name: keyof GivenDetails, terminal: Terminal): Promise<string> {
  for (let tried = 0; tried < tries; tried += 1) {
    const answer = (await terminal.ask(questions[name])).trim();
    if (answer !== '') return answer;
  }
  throw new CliError(exitCodes.usage, `${name} was not given`, 'Fill it in on the ticket, or ask again.');
}

function toValue(name: keyof GivenDetails, answer: string): string | string[] {
  if (name !== 'components') return answer;
  return answer
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
