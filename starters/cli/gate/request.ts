import { changeApprovalId } from '../../../workflows/shared/names.ts';
import { CliError } from '../cli-error.ts';
import { ownTerminal, type Terminal } from '../decisions/confirm.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { askForDetails, requireTerminal } from './ask-details.ts';
import { findDeployJob } from './deploy-job.ts';
import { readIdentity, readPipeline, wholeIdentity, type IdentityOptions } from './identity.ts';
import type { GateSession } from './open-gate.ts';
import { firstAnswerMs, persist } from './persist.ts';

export interface RequestOptions extends IdentityOptions {
  readonly pipeline?: string;
  readonly deployJob?: string;
  readonly summary?: string;
  readonly justification?: string;
  readonly rollbackPlan?: string;
  readonly component?: readonly string[];
  readonly ask?: boolean;
  readonly detach?: boolean;
}

/** Finds or starts the change approval of this build. May be repeated. */
export async function requestGate(
  session: GateSession,
  options: RequestOptions,
  terminal: Terminal = ownTerminal(),
): Promise<ExitCode> {
  const { gate, clock, output, env } = session;
  if (options.ask === true) requireTerminal(terminal);
  const identity = readIdentity(options, env, wholeIdentity);
  const pipelineId = readPipeline(options.pipeline, env);
  const deployJobId = await findDetached(options, session);
  const body = {
    ...identity,
    ...(pipelineId === null ? {} : { pipelineId }),
    ...(deployJobId === null ? {} : { deployJobId }),
    ...givenOf(options),
  };
  const onTrouble = (text: string) => output.print({ trouble: text }, [text]);
  const untilMs = clock.now() + firstAnswerMs;
  const answer = await persist(() => gate.request(body), { clock, untilMs, onTrouble });
  if (!answer.gated) {
    output.print(answer, [answer.text]);
    return exitCodes.ok;
  }
  const next =
    deployJobId === null ? [] : [`Once it is approved, job ${deployJobId} is played: nobody waits here.`];
  output.print(answer, [answer.text, `Run: ${answer.runLink}`, ...next]);
  if (options.ask === true) await askForDetails(changeApprovalId(identity), session, terminal);
  return exitCodes.ok;
}

async function findDetached(
  { detach, deployJob }: RequestOptions,
  { env }: GateSession,
): Promise<number | null> {
  if (detach !== true && deployJob === undefined) return null;
  if (detach === true && deployJob !== undefined) return findDeployJob(deployJob, env);
  throw new CliError(
    exitCodes.usage,
    '--detach and --deploy-job belong together',
    'Give both: the job that is played once everything is approved, and that nobody waits.',
  );
}

function givenOf({ summary, justification, rollbackPlan, component }: RequestOptions) {
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(justification === undefined ? {} : { justification }),
    ...(rollbackPlan === undefined ? {} : { rollbackPlan }),
    ...(component === undefined ? {} : { components: component }),
  };
}
