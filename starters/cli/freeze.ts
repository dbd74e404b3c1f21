import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import { toApprovalPolicy } from '../../config/approval-policy.ts';
import { digestOf } from '../../config/canonical-json.ts';
import { holds, type Hold } from '../../workflows/freeze/messages.ts';
import { freezeId } from '../../workflows/shared/names.ts';
import { CliError } from './cli-error.ts';
import { decideOn, toHelp, type DecideOptions } from './decide.ts';
import { confirm, ownTerminal, type Terminal } from './decisions/confirm.ts';
import { sayDecision } from './decisions/say-decision.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { toHoldEnd } from './hold-end.ts';
import { toTable } from './output.ts';
import { requireTemporal, runInSession, type GlobalOptions, type Session } from './session.ts';

interface FreezeOptions extends GlobalOptions {
  readonly reason?: string;
  readonly until?: string;
  readonly for?: string;
  readonly list?: boolean;
  readonly yes?: boolean;
}

export function addFreeze(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('freeze')
    .description('hold every promotion at its next safe point; a wave that has begun finishes')
    .option('--reason <text>', 'why; everybody who waits is shown it')
    .option('--until <time>', 'when it ends by itself, with its zone')
    .option('--for <duration>', 'the same as a duration: 90m, 4h, 2d')
    .option('--list', 'show the holds that stand, and set none')
    .option('--yes', 'do not ask whether you mean it')
    .addHelpText(
      'after',
      toHelp([
        'freeze --reason "INC-12: EDR outage"',
        'freeze --reason "quarter end" --until 2026-12-31T23:00+01:00',
        'freeze --reason "change board" --for 4h --yes',
        'freeze --list --json',
      ]),
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<FreezeOptions>();
      end(
        await runInSession(options, (session) =>
          options.list === true ? listHolds(session) : setHold(session, options),
        ),
      );
    });
  program
    .command('holds')
    .description('show the holds that stand: the same as freeze --list')
    .addHelpText('after', '\nExamples:\n  lockkeeper holds\n  lockkeeper holds --json')
    .action(async (_options: unknown, command: Command) => {
      end(await runInSession(command.optsWithGlobals<GlobalOptions>(), listHolds));
    });
  program
    .command('thaw')
    .description('lift a hold, or say that you would: under its policy several people may have to')
    .argument('[hold]', 'id of the hold, or its beginning; may be left out when there is one')
    .requiredOption('--reason <text>', 'why')
    .option('--for <person>', 'as the delegate of this person')
    .option('--yes', 'do not ask whether you mean it')
    .addHelpText(
      'after',
      toHelp(['thaw --reason "INC-12 is closed"', 'thaw 3f2a91 --reason "set by mistake" --yes']),
    )
    .action(async (hold: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<DecideOptions>();
      end(await runInSession(options, (session) => thaw(session, hold, options)));
    });
}

export async function setHold(
  session: Session,
  options: Pick<FreezeOptions, 'reason' | 'until' | 'for' | 'yes'>,
  { nowMs = Date.now(), terminal = ownTerminal() }: { nowMs?: number; terminal?: Terminal } = {},
): Promise<ExitCode> {
  const { config } = session;
  const reason = options.reason?.trim() ?? '';
  if (reason === '') throw new CliError(exitCodes.usage, 'a freeze needs a reason', 'Say why with --reason.');
  const { name, version } = toApprovalPolicy(config, requireFreeze(session).approval);
  const until = toHoldEnd(options, nowMs);
  await confirm(`Hold every promotion ${describeEnd(until)}?`, options.yes === true, terminal);
  return sayDecision(session, {
    ...{ workflowId: freezeId, requestId: randomUUID(), verb: 'hold', reason, until },
    evidenceDigest: digestOf({ reason, until }),
    policy: `${name}@${version}`,
  });
}

export async function thaw(
  session: Session,
  hold: string | undefined,
  options: DecideOptions,
  terminal?: Terminal,
): Promise<ExitCode> {
  requireFreeze(session);
  const chosen = hold === undefined ? options : { ...options, request: hold };
  return decideOn(session, { typed: freezeId, verb: 'approve', name: 'thaw' }, chosen, terminal);
}

export async function listHolds(session: Session): Promise<ExitCode> {
  requireFreeze(session);
  await requireTemporal(session);
  const standing = await readHolds(session);
  const header = ['HOLD', 'BY', 'SINCE', 'ENDS', 'REASON'];
  const rows = standing.map(({ id, source, since, until, reason }) => [
    id,
    source,
    since,
    until ?? 'when lifted',
    reason,
  ]);
  const windows = session.config.freeze?.windows ?? [];
  session.output.print(standing, [
    ...(standing.length === 0 ? ['Nobody holds anything.'] : toTable([header, ...rows])),
    ...windows.map((window) => `Calendar window "${window.name}" (${window.timeZone}): ${window.reason}`),
  ]);
  return exitCodes.ok;
}

const queryDeadlineMs = 3_000;

async function readHolds({ temporal: { client } }: Session): Promise<readonly Hold[]> {
  const handle = client.workflow.getHandle(freezeId);
  try {
    return await client.withDeadline(Date.now() + queryDeadlineMs, () => handle.query(holds));
  } catch (error) {
    // it runs from the first hold or promotion on
    if (error instanceof WorkflowNotFoundError) return [];
    throw new CliError(
      exitCodes.unavailable,
      'no worker answers, so that the holds cannot be shown',
      'Start a worker.',
    );
  }
}

function requireFreeze({ config: { freeze } }: Session) {
  if (freeze) return freeze;
  throw new CliError(
    exitCodes.usage,
    'freeze: is not in the configuration',
    'Set freeze: approval to one of approvals.',
  );
}

function describeEnd(until: string | null): string {
  return until === null ? 'until somebody lifts it' : `until ${until}`;
}
