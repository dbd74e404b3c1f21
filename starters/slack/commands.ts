import { createHash } from 'node:crypto';
import type { App } from '@slack/bolt';
import type { Log } from '../log.ts';
import { ackInTime } from './ack-in-time.ts';
import { freezeFor, thaw, type HoldContext } from './holds.ts';
import type { Identify } from './identity.ts';
import { help, parseCommand } from './parse-command.ts';
import { describeStatus, type RunsContext } from './runs.ts';
import { SlashCommand } from './schema.ts';
import type { Tell } from './tell.ts';

export interface CommandContext extends HoldContext, RunsContext {
  readonly identify: Identify;
  readonly tell: Tell;
  readonly log: Log;
  readonly ackWithinMs: number;
  /** What waits for this person, as text. */
  readonly readInbox: (person: string) => Promise<string>;
}

/** `/lockkeeper …`: every answer is seen by nobody but who asked. */
export function addCommands(app: App, context: CommandContext): void {
  const { tell, ackWithinMs: withinMs } = context;
  app.command('/lockkeeper', async ({ body, ack }) => {
    const command = SlashCommand.parse(body);
    const { user_id: user, channel_id: channel, response_url: responseUrl } = command;
    await ackInTime(answer(command, context), {
      ack: (text) => (text === undefined ? ack() : ack({ response_type: 'ephemeral', text })),
      late: (text) => tell({ user, channel, responseUrl }, text),
      withinMs,
    });
  });
}

async function answer(command: SlashCommand, context: CommandContext): Promise<string> {
  const { user_id, team_id, text } = command;
  const identity = await context.identify({ userId: user_id, teamIds: [team_id] });
  if (!identity.known) return identity.text;
  try {
    return await run(
      parseCommand(text),
      { principal: identity.name, sourceEventId: eventId(command) },
      context,
    );
  } catch (error) {
    context.log('error', 'slack command failed', {
      reason: error instanceof Error ? error.message : String(error),
    });
    return 'It did not work: a system that is needed for it does not answer. Try again, or use the CLI.';
  }
}

async function run(
  command: ReturnType<typeof parseCommand>,
  said: { readonly principal: string; readonly sourceEventId: string },
  context: CommandContext,
): Promise<string> {
  switch (command.verb) {
    case 'inbox':
      return context.readInbox(said.principal);
    case 'status':
      return describeStatus(command.ticket, context);
    case 'freeze':
      return freezeFor({ ...said, forMs: command.forMs, reason: command.reason }, context);
    case 'thaw':
      return thaw({ ...said, words: command.words }, context);
    case 'help':
      return command.problem === undefined ? help : `${command.problem}.\n${help}`;
  }
}

/** Slack gives a command no id but its trigger, which is a bearer value: its digest is the same in a repeat and opens nothing. */
function eventId({ team_id, user_id, trigger_id }: SlashCommand): string {
  return `${team_id}:${user_id}:${createHash('sha256').update(trigger_id).digest('hex').slice(0, 40)}`;
}
