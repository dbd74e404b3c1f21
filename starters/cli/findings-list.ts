import { exitCodes, type ExitCode } from './exit-codes.ts';
import { chooseSources, readFindings, type SourceOptions } from './findings-source.ts';
import { describeSource, parkedRows, passRows, routeRows } from './findings-words.ts';
import { toTable } from './output.ts';
import { requireTemporal, type Session } from './session.ts';

/** Up to when each source is synced, what runs and what waits. */
export async function showStatus(
  session: Session,
  options: Pick<SourceOptions, 'source'>,
): Promise<ExitCode> {
  const views = await readViews(session, options);
  session.output.print(views, views.flatMap(describeSource));
  return exitCodes.ok;
}

export async function listPasses(
  session: Session,
  options: Pick<SourceOptions, 'source'>,
): Promise<ExitCode> {
  const views = await readViews(session, options);
  const header = ['SOURCE', 'REQUEST', 'STARTED', 'ENDED', 'HOW'];
  const passes = views.flatMap(({ source, running, reports }) =>
    [...reports, ...(running ? [running] : [])].map((report) => ({ source, ...report })),
  );
  const lines = passes.length === 0 ? ['No pass has run yet.'] : toTable([header, ...passRows(views)]);
  session.output.print(passes, lines);
  return exitCodes.ok;
}

export async function listParked(
  session: Session,
  options: Pick<SourceOptions, 'source'>,
): Promise<ExitCode> {
  const views = await readViews(session, options);
  const header = ['SOURCE', 'FINDING', 'SINCE', 'TRIES', 'REASON'];
  const rows = parkedRows(views);
  session.output.print(
    views.flatMap(({ source, parked }) => parked.map((one) => ({ source, ...one }))),
    rows.length === 0 ? ['Nothing is parked.'] : toTable([header, ...rows]),
  );
  return exitCodes.ok;
}

/** What each route last took, and what went wrong: a rule that takes nothing any more is seen here. */
export async function listRoutes(
  session: Session,
  options: Pick<SourceOptions, 'source'>,
): Promise<ExitCode> {
  const views = await readViews(session, options);
  const header = ['SOURCE', 'ROUTE', 'TOOK', 'LAST', 'ERROR'];
  session.output.print(
    views.map(({ source, routes = [] }) => ({ source, routes })),
    toTable([header, ...routeRows(views)]),
  );
  return exitCodes.ok;
}

async function readViews(session: Session, { source }: Pick<SourceOptions, 'source'>) {
  const sources = chooseSources(session.config, source);
  await requireTemporal(session);
  return Promise.all(sources.map((name) => readFindings(session, name)));
}
