import type { Command } from 'commander';
import { createMembership } from '../../activities/decisions/membership.ts';
import { peopleGroup } from '../../workflows/approval/listed-people.ts';
import { findPerson } from '../../config/people.ts';
import { createGroupSources } from '../decisions/group-sources.ts';
import { findInbox, groupsOfPerson, type InboxEntry } from '../decisions/inbox.ts';
import { CliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { toTable } from './output.ts';
import { requireTemporal, runInSession, type GlobalOptions, type Session } from './session.ts';
import { whoAmI } from './who-am-i.ts';

interface InboxOptions extends GlobalOptions {
  readonly person?: string;
  readonly all?: boolean;
}

export function addInbox(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('inbox')
    .description('what waits for your decision')
    .option('--person <name>', 'of this person of the configuration; left out: you, by your Jira account')
    .option('--all', 'what waits for anybody')
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper inbox\n  lockkeeper inbox --person sue --json\n  lockkeeper inbox --all',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<InboxOptions>();
      end(await runInSession(options, (session) => showInbox(session, options)));
    });
}

export async function showInbox(
  session: Session,
  options: Pick<InboxOptions, 'person' | 'all'>,
): Promise<ExitCode> {
  const { temporal, output } = session;
  const mine = options.all === true ? undefined : await findGroups(session, options.person);
  await requireTemporal(session);
  const entries = await findInbox(temporal.client, mine && [...mine.groups, peopleGroup([mine.person])]);
  output.print(entries, toLines(entries, mine?.groups));
  return exitCodes.ok;
}

/** Of a vendor's group whose members cannot be read with the operator's credentials too: rather one line too many. */
async function findGroups({ config }: Session, named: string | undefined) {
  const person = named ?? (await whoAmI({ config }));
  if (!findPerson(config, { name: person }))
    throw new CliError(
      exitCodes.usage,
      `"${person}" is nobody under people`,
      'Name somebody of the configuration.',
    );
  const sources = createGroupSources(config, config.secrets);
  const membership = createMembership(config, sources, Date.now);
  const known = {
    ...config,
    groups: Object.fromEntries(Object.entries(config.groups).filter(([, group]) => isKnown(group))),
  };
  const unknown = Object.keys(config.groups).filter((name) => !Object.hasOwn(known.groups, name));
  return { person, groups: [...(await groupsOfPerson(known, membership, person)), ...unknown] };

  function isKnown(group: (typeof config.groups)[string]): boolean {
    if ('slackUserGroup' in group) return sources.slackUserGroup !== undefined;
    return !('jiraGroup' in group) || sources.jiraGroup !== undefined;
  }
}

function toLines(entries: readonly InboxEntry[], groups: readonly string[] | undefined): string[] {
  if (entries.length === 0)
    return [
      groups === undefined
        ? 'Nothing waits for people.'
        : `Nothing waits for ${groups.join(', ') || 'you: you are in no group'}.`,
    ];
  const header = ['TICKET', 'PROCESS', 'TARGET', 'WAITS FOR', 'DUE', 'WORKFLOW'];
  const rows = entries.map(({ ticket, process, target, groups: waited, dueBy, workflowId }) => [
    ...[ticket, process, target, waited.join(', '), dueBy ?? '', workflowId],
  ]);
  return [...toTable([header, ...rows]), 'Decide with: lockkeeper approve|reject WORKFLOW'];
}
