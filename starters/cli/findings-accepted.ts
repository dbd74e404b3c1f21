import { createAcceptanceCheck } from '../../activities/decisions/finding-permission.ts';
import { isGrant } from '../../activities/decisions/grant-form.ts';
import { createKeyFile } from '../../activities/decisions/keys.ts';
import { acceptedLabel } from '../../activities/finding-acceptance/options.ts';
import { toPlainText } from '../../activities/plain-text.ts';
import { createRunLook } from '../../activities/temporal/acceptance-runs.ts';
import { toFindingPolicy } from '../../config/halo-policy.ts';
import type { Config } from '../../config/parse-config.ts';
import type { Evidence } from '../../workflows/approval/messages.ts';
import { dayOf } from '../../workflows/finding-acceptance/texts.ts';
import { oneLine } from '../../workflows/finding-acceptance/request.ts';
import type { FindingPolicy } from '../../workflows/halo-sync/messages.ts';
import type { FindingTicket } from '../../workflows/halo-sync/ticket.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import { toCsv } from './evidence/csv.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { chooseSources, type SourceOptions } from './findings-source.ts';
import { openSourceSite, searchTickets, type OwnTicket } from './findings-ticket.ts';
import { toTable } from './output.ts';
import { requireTemporal, type Session } from './session.ts';

export interface AcceptedOptions extends SourceOptions {
  readonly csv?: boolean;
}

export interface RegisterPorts {
  readonly toPolicy?: (config: Config, source: string) => FindingPolicy;
  readonly now?: () => number;
  readonly write?: (text: string) => void;
}

/** One line of the register. */
export interface AcceptedRisk {
  readonly source: string;
  readonly ticket: string;
  readonly findingId: string;
  readonly finding: string;
  readonly requester: string;
  readonly reason: string;
  /** `yyyy-MM-dd`, the last day. */
  readonly until: string;
  readonly daysLeft: number;
  /** `forged`: nobody accepted it, or it has ended early. `unverified`: the public keys cannot be read here. */
  readonly state: 'accepted' | 'over' | 'forged' | 'unverified';
}

const dayMs = 86_400_000;
const columns = [
  'source',
  'ticket',
  'findingId',
  'finding',
  'requester',
  'reason',
  'until',
  'daysLeft',
  'state',
] as const;

/** The risks that are accepted now, by what stands on their tickets; each is checked as the workers do. */
export async function listAccepted(
  session: Session,
  options: Pick<AcceptedOptions, 'source' | 'csv'>,
  ports: RegisterPorts = {},
): Promise<ExitCode> {
  const { output } = session;
  const { write = (text) => void process.stdout.write(text) } = ports;
  const sources = chooseSources(session.config, options.source);
  await requireTemporal(session);
  const found = (await Promise.all(sources.map((source) => readRisks(session, source, ports)))).flat();
  const risks = found.toSorted((one, other) => one.daysLeft - other.daysLeft);
  const rows = risks.map((risk) => Object.fromEntries(columns.map((name) => [name, String(risk[name])])));
  if (options.csv === true) write(rows.length > 0 ? toCsv(rows) : `${columns.join(',')}\r\n`);
  else output.print(risks, toLines(rows));
  return exitCodes.ok;
}

function toLines(rows: readonly Readonly<Record<string, string>>[]): string[] {
  if (rows.length === 0) return ['No risk is accepted.'];
  const header = ['SOURCE', 'TICKET', 'ID', 'FINDING', 'ASKED BY', 'REASON', 'UNTIL', 'DAYS LEFT', 'STATE'];
  return toTable([header, ...rows.map((row) => columns.map((name) => (row[name] ?? '').slice(0, 60)))]);
}

async function readRisks(session: Session, source: string, ports: RegisterPorts): Promise<AcceptedRisk[]> {
  const { toPolicy = toFindingPolicy, now = Date.now } = ports;
  const policy = toPolicy(session.config, source);
  const jira = openSourceSite(session, policy.site);
  const tickets = await searchTickets(jira, `labels = "${acceptedLabel}" ORDER BY created ASC`);
  const check = openCheck(session, policy, now);
  return Promise.all(
    tickets
      .filter(({ mark }) => mark.source === source && mark.accepted)
      .map((ticket) => toRisk(ticket, now(), check)),
  );
}

type Check = (ticket: OwnTicket) => Promise<'accepted' | 'forged' | 'unverified'>;

function openCheck({ config, temporal }: Session, policy: FindingPolicy, now: () => number): Check {
  const { decisions } = config;
  if (!decisions) return () => Promise.resolve('unverified');
  const check = createAcceptanceCheck({
    rulesOf: () => policy.acceptance ?? undefined,
    keys: createKeyFile(decisions.publicKeys),
    namespace: config.temporal.namespace,
    now,
    isRunning: createRunLook(temporal.client),
  });
  return async (ticket) => {
    try {
      return (await check(toFindingTicket(ticket))) ? 'accepted' : 'forged';
    } catch {
      return 'unverified';
    }
  };
}

/** Of it only what the check reads is known here. */
function toFindingTicket({ issueId, key, mark }: OwnTicket): FindingTicket {
  const { findingId } = mark;
  return {
    ...{ issueId, key, findingId, mark, project: '', statusName: '', isDone: true, isOurs: true },
    ...{ createdAt: mark.at, movedAt: null },
  };
}

async function toRisk(ticket: OwnTicket, nowMs: number, check: Check): Promise<AcceptedRisk> {
  const { source, findingId, accepted } = ticket.mark;
  const { until = '' } = accepted ?? {};
  const left = Date.parse(until) - nowMs;
  const evidence = isGrant(accepted?.grant) ? accepted.grant.evidence : undefined;
  return {
    source,
    ticket: ticket.key,
    findingId,
    finding: shown(factOf(evidence, 'Finding') ?? ticket.summary),
    requester: shown(evidence?.requester ?? ''),
    reason: shown(factOf(evidence, 'Reason') ?? ''),
    until: dayOf(until),
    daysLeft: Number.isNaN(left) ? 0 : Math.max(0, Math.ceil(left / dayMs)),
    state: left > 0 ? await check(ticket) : 'over',
  };
}

/** Nobody has vouched for it before it is checked: any member may be anything. */
function factOf(evidence: Partial<Evidence> | undefined, label: string): string | undefined {
  const facts: unknown = evidence?.facts;
  if (!Array.isArray(facts)) return undefined;
  const found: unknown = facts.find((fact: unknown) => isRecord(fact) && fact['label'] === label);
  return isRecord(found) && typeof found['value'] === 'string' ? found['value'] : undefined;
}

function shown(text: string): string {
  return oneLine(toPlainText(text));
}
