import type { IncidentView } from '../../workflows/incident-sync/messages.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { toTable } from './output.ts';
import { requireTemporal, type Session } from './session.ts';
import { chooseConnections, findCase, readIncident, type ConnectionOptions } from './sync-case.ts';
import { listCases } from './sync-scope.ts';

export interface SyncListOptions extends ConnectionOptions {
  readonly parked?: boolean;
}

/** Running links, one a line. */
export async function listLinks(
  session: Session,
  { connection, parked = false }: Pick<SyncListOptions, 'connection' | 'parked'>,
): Promise<ExitCode> {
  chooseConnections(session.config, connection);
  await requireTemporal(session);
  const cases = await listCases(session, { connection, parked });
  const header = ['CONNECTION', 'CASE', 'ISSUE', 'PHASE', 'WAITS FOR'];
  const rows = cases.map((one) => [
    ...[one.connection, one.caseId, one.issueKey ?? '', one.phase, one.waitingOn],
  ]);
  const none = parked ? 'Nothing is parked.' : 'No case is synchronised.';
  session.output.print(cases, rows.length === 0 ? [none] : toTable([header, ...rows]));
  return exitCodes.ok;
}

/** Everything that is known of one link. @returns failed when something is parked or held */
export async function showLink(
  session: Session,
  typed: string,
  { connection }: Pick<ConnectionOptions, 'connection'>,
): Promise<ExitCode> {
  await requireTemporal(session);
  const view = await readIncident(session, await findCase(session, typed, connection));
  session.output.print(view, describeLink(view));
  return view.parked.length > 0 || view.hold ? exitCodes.failed : exitCodes.ok;
}

function describeLink(view: IncidentView): string[] {
  const { caseId, connection, issueKey, link, hold, parked } = view;
  const copied = `${view.comments} comments, ${view.attachments} attachments`;
  return [
    `Case ${caseId} of ${connection}: ${issueKey === null ? 'no issue yet' : `linked to ${issueKey}`}`,
    ...(view.paused ? ['  paused   lockkeeper sync resume'] : []),
    `  copied   ${copied}; version ${view.version} after ${view.syncs} looks`,
    ...(link?.status ? [`  status   case ${link.status.case}, issue ${link.status.issue}`] : []),
    ...(hold ? [`  held     the ${hold.side} is at "${hold.status}": ${hold.reason}`] : []),
    ...(parked.length > 0 ? ['  parked   lockkeeper sync reprocess, when the cause is mended:'] : []),
    ...parked.map(
      ({ name, since, tries, reason }) => `    ${name} since ${since}, ${tries} tries: ${reason}`,
    ),
  ];
}
