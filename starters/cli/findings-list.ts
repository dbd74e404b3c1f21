import { exitCodes, type ExitCode } from './exit-codes.ts';
import { chooseSources, readFindings, type SourceOptions } from './findings-source.ts';
import { describeSource, parkedRows, passRows } from './findings-words.ts';
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

async function readViews(session: Session, { source }: Pick<SourceOptions, 'source'>) {
  const sources = chooseSources(session.config, source);
  await requireTemporal(session);
  return Promise.all(sources.map((name) => readFindings(session, name)));
}
