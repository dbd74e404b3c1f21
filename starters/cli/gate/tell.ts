import type { PlanReport } from '../../../workflows/change-approval/plan-report.ts';
import { changeApprovalId } from '../../../workflows/shared/names.ts';
import type { GateAccepted } from '../../gates/answers.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { readIdentity, type IdentityOptions } from './identity.ts';
import type { GateSession } from './open-gate.ts';
import { NotAPlan } from '../plan-risk/not-a-plan.ts';
import { firstAnswerMs, persist } from './persist.ts';
import type { PlanRules } from './plan-rules.ts';

const place = ['environment', 'project', 'build'] as const;

const mostReasonBytes = 60 * 1024;

export type ReadPlan = (source: string, options: { rules: PlanRules['rules'] }) => Promise<PlanReport>;

/** Judges the plan here, by the gate's own rules, and reports what was found: never the plan. */
export async function reportPlan(
  session: GateSession,
  file: string,
  options: IdentityOptions,
  readPlan: ReadPlan,
): Promise<ExitCode> {
  const { gate, output } = session;
  const workflowId = changeApprovalId(readIdentity(options, session.env, place));
  const rules = await patiently(session, () => gate.planRules());
  const whole = await readPlan(file, { rules }).catch((error: unknown) => {
    throw toReadError(error, file);
  });
  const report = fit(whole);
  const answer = await patiently(session, () => gate.tell(workflowId, 'plan', { report }));
  if (!answer.gated) return passUngated(session, answer);
  output.print({ ...answer, report }, toLines(report));
  return report.risky ? exitCodes.riskyPlan : exitCodes.ok;
}

/** The gate takes 64 KB: of very long reasons the first ones travel, the others are counted. */
function fit(report: PlanReport): PlanReport {
  let { reasons, moreReasons } = report;
  while (Buffer.byteLength(JSON.stringify(reasons)) > mostReasonBytes) {
    reasons = reasons.slice(0, -1);
    moreReasons += 1;
  }
  return { ...report, reasons, moreReasons };
}

/** What is no plan, or no file, is the caller's slip. A bug keeps its stack. */
function toReadError(error: unknown, file: string): unknown {
  const isSlip = error instanceof NotAPlan || (error instanceof Error && 'code' in error);
  if (!isSlip) return error;
  return new CliError(
    exitCodes.usage,
    `${file}: ${error.message}`,
    'Give what `terraform show -json` printed.',
  );
}

export interface DeployedOptions extends IdentityOptions {
  readonly result: string;
  readonly url?: string;
}

/** How the deploy ended: the ticket is resolved and closed, or people are asked what next (C-45, C-46). */
export async function reportDeployed(
  session: GateSession,
  { result, url, ...options }: DeployedOptions,
): Promise<ExitCode> {
  if (result !== 'success' && result !== 'failure')
    throw new CliError(exitCodes.usage, `--result: ${result} is neither success nor failure`);
  const workflowId = changeApprovalId(readIdentity(options, session.env, place));
  const link = url ?? session.env['CI_JOB_URL'];
  const body = { result, ...(link === undefined ? {} : { url: link }) };
  const answer = await patiently(session, () => session.gate.tell(workflowId, 'result', body));
  if (!answer.gated) return passUngated(session, answer);
  session.output.print(answer, [answer.text, `Run: ${answer.runLink}`]);
  return exitCodes.ok;
}

function passUngated({ output }: GateSession, answer: GateAccepted): ExitCode {
  output.print(answer, [answer.text]);
  return exitCodes.ok;
}

function patiently<T>({ clock, output }: GateSession, call: () => Promise<T>): Promise<T> {
  const onTrouble = (text: string) => output.print({ trouble: text }, [text]);
  return persist(call, { clock, untilMs: clock.now() + firstAnswerMs, onTrouble });
}

function toLines({ risky, counts, reasons, moreReasons, digest }: PlanReport): string[] {
  const { create, update, delete: deleted, replace } = counts;
  return [
    `${risky ? 'Risky' : 'Not risky'}: ${create} to create, ${update} to update, ${replace} to replace, ${deleted} to delete.`,
    ...reasons.map(
      ({ address, attribute, rule, reason }) =>
        `  ${address}${attribute === null ? '' : ` (${attribute})`}: ${reason} [${rule}]`,
    ),
    ...(moreReasons === 0 ? [] : [`  and ${moreReasons} more`]),
    `Reported, digest ${digest.slice(0, 12)}…${risky ? ' People are asked: lockkeeper gate wait.' : ''}`,
  ];
}
