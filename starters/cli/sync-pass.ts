import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import { incidentDriftId, incidentSweepId, workflowTypes } from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import type { IncidentDriftInput, IncidentSweepInput } from '../../workflows/sweeps/incident-messages.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { requireTemporal, type Session } from './session.ts';
import { chooseConnections } from './sync-case.ts';
import type { ScopeOptions } from './sync-scope.ts';

interface Pass {
  readonly id: string;
  readonly type: string;
  readonly input: IncidentSweepInput | IncidentDriftInput;
  readonly says: string;
}

/** Every open case of the scope is looked at, and those without an issue get one. */
export async function backfill(session: Session, options: ScopeOptions): Promise<ExitCode> {
  const dryRun = options.dryRun === true;
  for (const connection of connectionsOf(session, options)) {
    const result = await runPass(session, connection, {
      id: incidentSweepId(`${connection}:backfill`),
      type: workflowTypes.incidentSweep,
      input: { connection, full: true, ...(dryRun ? { dryRun } : {}) },
      says: `Backfill of ${connection}`,
    });
    const told = numberOf(result, 'told');
    session.output.print({ connection, dryRun, result }, [
      `${connection}: ${numberOf(result, 'open')} open cases; ${told} ${dryRun ? 'would be' : 'were'} told to look at both sides.`,
    ]);
  }
  return exitCodes.ok;
}

/** Compares both sides of every link. @returns failed when any differ */
export async function compare(session: Session, options: ScopeOptions): Promise<ExitCode> {
  let differing = 0;
  for (const connection of connectionsOf(session, options)) {
    const result = await runPass(session, connection, {
      id: incidentDriftId(`${connection}:cli`),
      type: workflowTypes.incidentDrift,
      input: { connection, dryRun: true },
      says: `Comparison of ${connection}`,
    });
    const lines = differencesOf(result);
    differing += lines.length;
    const compared = numberOf(result, 'compared');
    const summary = lines.length === 0 ? 'nothing differs' : `${lines.length} differ`;
    session.output.print({ connection, result }, [
      `${connection}: ${compared} compared, ${summary}.`,
      ...lines,
      ...(lines.length > 0 ? ['  To mend them: lockkeeper sync backfill'] : []),
    ]);
  }
  return differing === 0 ? exitCodes.ok : exitCodes.failed;
}

/** Reads nothing but the connections: all, unless one is named. */
function connectionsOf({ config }: Session, { connection }: ScopeOptions): readonly string[] {
  return chooseConnections(config, connection).map(({ name }) => name);
}

/** Runs it beside the schedule, one at a time, and waits for its end. */
async function runPass(
  session: Session,
  connection: string,
  { id, type, input, says }: Pass,
): Promise<unknown> {
  const { config, temporal } = session;
  await requireTemporal(session);
  const started = await createTemporalStarter(temporal.client).start({
    ...{ workflowType: type, workflowId: id, taskQueue: config.temporal.taskQueue, input },
    staticSummary: says.slice(0, 200),
    searchAttributes: [
      { key: attributes.process, value: type },
      { key: attributes.target, value: connection },
    ],
  });
  if (!started) throw new CliError(exitCodes.failed, `${says} runs already`, 'Wait until it has ended.');
  return temporal.client.workflow.getHandle(id).result();
}

function numberOf(result: unknown, key: string): number {
  const value = isRecord(result) ? result[key] : undefined;
  return typeof value === 'number' ? value : 0;
}

/** One line a link: which parts differ, never a value. */
function differencesOf(result: unknown): string[] {
  const found = isRecord(result) ? result['differences'] : undefined;
  return (Array.isArray(found) ? found : []).filter(isRecord).map((one) => {
    const { caseId, issueKey, differs } = one;
    const parts = Array.isArray(differs) ? differs.map(String).join(', ') : '';
    return `  ${String(caseId)} ${typeof issueKey === 'string' ? issueKey : 'no issue'}: ${parts}`;
  });
}
