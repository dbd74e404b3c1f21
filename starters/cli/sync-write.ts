import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import { tellPause } from '../../activities/temporal/start-incident.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import { pauseLink, reprocess, resync, unlink } from '../../workflows/incident-sync/messages.ts';
import { incidentSyncId } from '../../workflows/shared/names.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { requireTemporal, type Session } from './session.ts';
import { unknownCase, type CaseRef } from './sync-case.ts';
import { casesOf, describeScope, readScope, type Scope, type ScopeOptions } from './sync-scope.ts';

export interface WriteOptions extends ScopeOptions {
  readonly reason?: string;
}

/** Who says so, for the link's record. */
export interface WritePorts {
  readonly by: () => Promise<string>;
}

/** Signals at once: Temporal is not to be flooded. */
const atOnce = 20;

const orders = {
  resync: { signal: resync.name, says: 'forget what was agreed and compare anew', onlyParked: false },
  unlink: { signal: unlink.name, says: 'be taken apart; nothing is deleted', onlyParked: false },
  reprocess: {
    signal: reprocess.name,
    says: 'try what is parked once, as both sides are now',
    onlyParked: true,
  },
} as const;
export type Order = keyof typeof orders;

/** Sends an order to the links of a scope. */
export async function order(
  session: Session,
  kind: Order,
  { typed, options }: { typed: string | undefined; options: WriteOptions },
  ports: WritePorts,
): Promise<ExitCode> {
  const { signal, says, onlyParked } = orders[kind];
  await requireTemporal(session);
  const scope = await readScope(session, typed, options);
  if (kind === 'unlink' && scope.kind !== 'case')
    throw new CliError(exitCodes.usage, 'unlink is for one case at a time', 'Name the case.');
  const cases = await casesOf(session, scope, { parked: onlyParked });
  const dryRun = options.dryRun === true;
  const payload = {
    by: dryRun ? '' : await ports.by(),
    reason: options.reason ?? '',
    requestId: randomUUID(),
  };
  const told = dryRun ? cases : await send(session, cases, { name: signal, payload }, scope);
  const rows = told.map(({ connection, caseId }) => ({ connection, caseId }));
  session.output.print({ order: kind, dryRun, cases: rows }, [
    `${told.length} ${told.length === 1 ? 'link' : 'links'} of ${describeScope(scope)} ${dryRun ? 'would' : 'will'} ${says}.`,
    ...rows.map(({ connection, caseId }) => `  ${connection} ${caseId}`),
  ]);
  return exitCodes.ok;
}

/** @returns those that run. A link of a scope that ended meanwhile is none of it any more */
async function send(
  { temporal: { client } }: Session,
  cases: readonly CaseRef[],
  { name, payload }: { name: string; payload: unknown },
  scope: Scope,
): Promise<readonly CaseRef[]> {
  const told: CaseRef[] = [];
  for (let at = 0; at < cases.length; at += atOnce)
    await Promise.all(
      cases.slice(at, at + atOnce).map(async (ref) => {
        try {
          await client.workflow.getHandle(incidentSyncId(ref.connection, ref.caseId)).signal(name, payload);
          told.push(ref);
        } catch (error) {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
          if (scope.kind === 'case') throw unknownCase(ref);
        }
      }),
    );
  return told;
}

/** A link, a connection or everything is paused, or goes on. Events are kept meanwhile. */
export async function setPaused(
  session: Session,
  paused: boolean,
  { typed, options }: { typed: string | undefined; options: WriteOptions },
  ports: WritePorts,
): Promise<ExitCode> {
  const { config, temporal, output } = session;
  await requireTemporal(session);
  const scope = await readScope(session, typed, options);
  const dryRun = options.dryRun === true;
  if (!dryRun) {
    const said = { paused, by: await ports.by(), reason: options.reason ?? '' };
    if (scope.kind === 'case')
      await send(session, [scope.ref], { name: pauseLink.name, payload: said }, scope);
    else {
      const name = scope.kind === 'all' ? '*' : scope.connection;
      await tellPause(createTemporalStarter(temporal.client), config, { scope: name, ...said });
    }
  }
  const end = paused ? 'paused' : 'going on';
  output.print({ scope, paused, dryRun }, [
    `${describeScope(scope)}: ${dryRun ? `would be ${end}` : end}.`.replace(/^./, (one) => one.toUpperCase()),
  ]);
  return exitCodes.ok;
}
