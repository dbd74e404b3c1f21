import type { Command } from 'commander';
import { z } from 'zod';
import { isGroupId } from '../../activities/findings/hash.ts';
import { toAdf } from '../../activities/jira/adf.ts';
import { toFindingPolicy } from '../../config/halo-policy.ts';
import { findPerson } from '../../config/people.ts';
import { paragraph } from '../../workflows/shared/comment.ts';
import { failureMessage } from '../../workflows/shared/failures.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { askToAccept, type AcceptPorts } from './findings-accept.ts';
import { chooseSource, type SourceOptions } from './findings-source.ts';
import { openSourceSite, searchTickets, type OwnTicket } from './findings-ticket.ts';
import { createOutput, toTable } from './output.ts';
import type { Rest } from './rest.ts';
import { runInSession, type Session } from './session.ts';

const actions = ['assign', 'close', 'accept'] as const;
type BulkAction = (typeof actions)[number];
const defaultLimit = 200;

export interface BulkOptions extends Pick<SourceOptions, 'source'> {
  /** JQL; what it finds that is no finding's ticket of the source is left alone. */
  readonly query: string;
  readonly action: string;
  /** For assign: a person of the configuration. */
  readonly to?: string;
  /** For accept: the last day. */
  readonly until?: string;
  /** For close and accept. */
  readonly reason?: string;
  readonly limit?: string;
  readonly dryRun?: boolean;
}

interface Done {
  readonly key: string;
  readonly summary: string;
  readonly result: 'would' | 'done' | 'failed';
  readonly reason: string;
}

/** One ticket's part; a repeat of it does no harm. @throws what Jira or Temporal refuses */
type Act = (ticket: OwnTicket) => Promise<void>;

/** `findings bulk`: one action on many tickets of findings. */
export function addBulk(verb: Command, end: (code: ExitCode) => void): void {
  verb
    .command('bulk')
    .description('assign, close or ask to accept all tickets of findings that a JQL query finds')
    .requiredOption('--query <jql>', 'of Jira; tickets that are no finding’s are left alone')
    .requiredOption('--action <name>', actions.join(', '))
    .option('--to <person>', 'assign: whom, by name in the configuration')
    .option('--until <day>', 'accept: the last day, in UTC')
    .option('--reason <text>', 'close, accept: why')
    .option('--limit <n>', `refuse more tickets than this (default ${defaultLimit})`)
    .option('--dry-run', 'only list what it would be done to')
    .option('--source <name>', 'of the configuration; may be left out when there is one')
    .addHelpText(
      'after',
      `
Examples:
  lockkeeper findings bulk --query 'project = SEC AND component = web' --action assign --to dana --dry-run
  lockkeeper findings bulk --query 'project = SEC AND text ~ "test host"' --action close --reason "hosts are gone"
  lockkeeper findings bulk --query 'key in (SEC-1, SEC-2)' --action accept --until 2026-12-31 --reason "behind the WAF"

It is done as who you are in Jira: with LOCKKEEPER_JIRA_EMAIL and LOCKKEEPER_JIRA_API_TOKEN, your own. A ticket that you close
while its finding is active is one that a person closed: reopenAfterMinutes of the source says what becomes of it. Ends with 1
when something could not be done; the others are done all the same, and the same command may be given again.`,
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<BulkOptions & SourceOptions>();
      end(await runInSession(options, (session) => runBulk(session, options, { toPolicy: toFindingPolicy })));
    });
}

export async function runBulk(
  session: Session,
  options: BulkOptions,
  ports: AcceptPorts & { readonly progress?: (line: string) => void },
): Promise<ExitCode> {
  const { config, output } = session;
  const action = actions.find((one) => one === options.action);
  if (!action) throw usage(`--action: "${options.action}" is none`, `Give one of: ${actions.join(', ')}.`);
  const limit = readLimit(options.limit);
  const source = chooseSource(config, options.source);
  const policy = ports.toPolicy(config, source);
  const jira = openSourceSite(session, policy.site);
  const act = toAct({ session, options, ports, jira, source, close: policy.close }, action);
  const found = (await searchTickets(jira, options.query)).filter(({ mark }) => mark.source === source);
  if (found.length > limit)
    throw usage(
      `--query finds ${found.length} tickets of findings, more than ${limit}`,
      'Narrow it, or raise --limit.',
    );
  const { progress = (line) => process.stderr.write(`${line}\n`) } = ports;
  const done: Done[] = [];
  for (const ticket of found) {
    done.push(await one(ticket, options.dryRun === true ? undefined : act));
    if (options.dryRun !== true) progress(`${done.length} of ${found.length}: ${ticket.key}`);
  }
  output.print({ source, action, tickets: done }, toLines(action, done));
  return done.some(({ result }) => result === 'failed') ? exitCodes.failed : exitCodes.ok;
}

async function one(ticket: OwnTicket, act: Act | undefined): Promise<Done> {
  const { key, summary } = ticket;
  if (!act) return { key, summary, result: 'would', reason: '' };
  try {
    await act(ticket);
    return { key, summary, result: 'done', reason: '' };
  } catch (error) {
    return { key, summary, result: 'failed', reason: failureMessage(error) };
  }
}

interface Parts {
  readonly session: Session;
  readonly options: BulkOptions;
  readonly ports: AcceptPorts;
  readonly jira: Rest;
  readonly source: string;
  /** Transition name or target status. */
  readonly close: string;
}

/** @throws CliError before anything is done, when what the action needs is not there */
function toAct(parts: Parts, action: BulkAction): Act {
  const { session, options, ports, jira, source, close } = parts;
  if (action === 'assign') {
    const accountId = accountOf(session, options.to);
    return ({ issueId, key }) =>
      jira.send(`assign ${key}`, 'PUT', `/rest/api/3/issue/${issueId}/assignee`, { accountId });
  }
  const { reason = '', until = '' } = options;
  if (reason.trim() === '') throw usage('--reason: is missing', `Say why, for --action ${action}.`);
  if (action === 'close') return (ticket) => closeTicket(jira, ticket, { to: close, reason });
  if (until === '') throw usage('--until: is missing', 'Give the last day, such as 2026-12-31.');
  // the table says it of all of them
  const quiet: Session = { ...session, output: createOutput(true, () => {}) };
  return async ({ key, mark }) => {
    if (isGroupId(mark.findingId))
      throw new CliError(exitCodes.usage, 'it is the ticket of a group: findings are accepted one by one');
    await askToAccept(quiet, key, { source, until, reason }, ports);
  };
}

function accountOf({ config }: Session, name: string | undefined): string {
  if (name === undefined) throw usage('--to: is missing', 'Name a person of the configuration.');
  const account = findPerson(config, { name })?.jira;
  if (account !== undefined) return account;
  const known = config.people.flatMap((person) => (person.jira === undefined ? [] : person.name));
  throw usage(
    `--to: "${name}" is nobody with a Jira account under people`,
    `Name one of: ${known.join(', ')}.`,
  );
}

const Transitions = z.object({
  transitions: z.array(z.object({ id: z.string(), name: z.string(), to: z.object({ name: z.string() }) })),
});
const Status = z.object({
  fields: z.object({ status: z.object({ name: z.string(), statusCategory: z.object({ key: z.string() }) }) }),
});
const Comment = z.object({ id: z.string() });

/**
 * One that is done already stays as it is. The comment comes last, so that nothing is said of a move that was refused; each call has the
 * time limit of `createRest` and is not repeated here. A move whose answer was lost is settled by looking.
 */
async function closeTicket(
  jira: Rest,
  { issueId, key }: OwnTicket,
  { to, reason }: { to: string; reason: string },
): Promise<void> {
  const path = `/rest/api/3/issue/${issueId}`;
  const readStatus = async () =>
    (await jira.get(`read ${key}`, `${path}?fields=status`, Status)).fields.status;
  const isDone = ({ statusCategory }: Awaited<ReturnType<typeof readStatus>>) =>
    statusCategory.key === 'done';
  const status = await readStatus();
  if (isDone(status)) return;
  const { transitions } = await jira.get(`read moves of ${key}`, `${path}/transitions`, Transitions);
  const isMeant = (name: string) => name.toLowerCase() === to.toLowerCase();
  const transition =
    transitions.find(({ name }) => isMeant(name)) ?? transitions.find((move) => isMeant(move.to.name));
  if (!transition)
    throw new CliError(
      exitCodes.failed,
      `from ${status.name} there is no move to ${to}; there are: ${transitions.map(({ name }) => name).join(', ')}`,
    );
  await jira
    .send(`close ${key}`, 'POST', `${path}/transitions`, { transition: { id: transition.id } })
    .catch(async (error: unknown) => {
      if (!isDone(await readStatus())) throw error;
    });
  await jira.create(
    `comment on ${key}`,
    `${path}/comment`,
    { body: toAdf([paragraph(`Closed by hand: ${reason.slice(0, 2_000)}`)]) },
    Comment,
  );
}

function toLines(action: BulkAction, done: readonly Done[]): string[] {
  if (done.length === 0) return ['The query finds no ticket of a finding.'];
  const count = (result: Done['result']) => done.filter((each) => each.result === result).length;
  const rows = done.map(({ key, result, reason, summary }) => [key, result, reason, summary]);
  const head = action === 'accept' ? 'asked to accept' : action;
  const numbers = (['would', 'done', 'failed'] as const)
    .filter((result) => count(result) > 0)
    .map((result) => `${count(result)} ${result === 'would' ? 'would be done' : result}`);
  return [...toTable([['TICKET', 'RESULT', 'REASON', 'SUMMARY'], ...rows]), `${head}: ${numbers.join(', ')}`];
}

function readLimit(typed: string | undefined): number {
  const limit = Number(typed ?? defaultLimit);
  if (Number.isSafeInteger(limit) && limit > 0 && limit <= 10_000) return limit;
  throw usage(`--limit: "${typed ?? ''}" is no number of tickets`, 'Give a whole number from 1 to 10000.');
}

function usage(message: string, fix: string): CliError {
  return new CliError(exitCodes.usage, message, fix);
}
