import type { Command } from 'commander';
import { needsReason } from '../../workflows/approval/ledger.ts';
import type { RequestView, Verb } from '../../workflows/approval/messages.ts';
import { CliError } from './cli-error.ts';
import { readRequests } from './decisions/ask-workflow.ts';
import { chooseRequest } from './decisions/choose-request.ts';
import { confirm, ownTerminal, type Terminal } from './decisions/confirm.ts';
import { findAsker } from './decisions/find-asker.ts';
import { toRequestLines } from './decisions/request-words.ts';
import { sayDecision } from './decisions/say-decision.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { runInSession, type GlobalOptions, type Session } from './session.ts';

export interface DecideOptions extends GlobalOptions {
  readonly reason?: string;
  readonly request?: string;
  readonly for?: string;
  readonly yes?: boolean;
  readonly choose?: string;
}

interface DecisionVerb {
  readonly name: string;
  readonly verb: Verb;
  readonly description: string;
  readonly examples: readonly string[];
}

const decisionVerbs: readonly DecisionVerb[] = [
  {
    name: 'approve',
    verb: 'approve',
    description: 'approve what a run asks for; under high risk with --reason',
    examples: ['approve DEVOPS-77', 'approve promotion-rollback:main:10077 --reason "seen the diff" --yes'],
  },
  {
    name: 'reject',
    verb: 'reject',
    description: 'reject what a run asks for',
    examples: ['reject DEVOPS-77 --reason "release notes are missing"'],
  },
  {
    name: 'revoke',
    verb: 'revoke',
    description: 'take your own decision back, until the point of no return',
    examples: ['revoke DEVOPS-77', 'revoke DEVOPS-77 --request 3f2a'],
  },
  {
    name: 'override',
    verb: 'override',
    description: 'break-glass, or an exception from a freeze: by who may, with a reason, reviewed afterwards',
    examples: ['override DEVOPS-77 --reason "active attack, INC-12"'],
  },
  {
    name: 'ask-info',
    verb: 'request-info',
    description: 'ask whoever requested it for information; the clock stands still until the answer',
    examples: ['ask-info DEVOPS-77 --reason "which hosts were tested?"'],
  },
];

const identityHelp = `
It is said as who you are in Jira: LOCKKEEPER_JIRA_EMAIL and LOCKKEEPER_JIRA_API_TOKEN, your own, go to the decision
gateway (decisions: gatewayUrl), which asks Jira whose they are.`;

export function addDecisions(program: Command, end: (code: ExitCode) => void): void {
  for (const { name, verb, description, examples } of decisionVerbs)
    program
      .command(name)
      .description(description)
      .argument('<id>', 'key, URL or numeric id of a ticket, or a workflow id')
      .option('--reason <text>', 'why')
      .option('--request <id>', 'which request, when several are open; its beginning will do')
      .option('--for <person>', 'as the delegate of this person')
      .option('--choose <choice>', 'where a request offers several ways: which one')
      .option('--yes', 'do not ask whether you mean it')
      .addHelpText('after', toHelp(examples))
      .action(async (typed: string, _options: unknown, command: Command) => {
        const options = command.optsWithGlobals<DecideOptions>();
        end(await runInSession(options, (session) => decideOn(session, { typed, verb, name }, options)));
      });
}

export function toHelp(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  lockkeeper ${example}`).join('\n')}\n${identityHelp}`;
}

/** @param said.name the verb as it was typed */
export async function decideOn(
  session: Session,
  { typed, verb, name }: { typed: string; verb: Verb; name: string },
  options: DecideOptions,
  terminal: Terminal = ownTerminal(),
): Promise<ExitCode> {
  const reason = options.reason?.trim() ? options.reason.trim() : null;
  // what always needs one is said before anything is asked
  requireReason(name, verb, { risk: 'normal' }, reason);
  const workflowId = await findAsker(session, typed);
  const view = chooseRequest(await readRequests(session, workflowId), verb, options.request);
  // with --json stdout has one value: what became of it
  if (!session.output.json) session.output.print(view, toRequestLines(view));
  requireReason(name, verb, view.policy, reason);
  const choice = readChoice(verb, view, options.choose);
  await confirm(`${name}: ${view.evidence.title}?`, options.yes === true, terminal);
  const { requestId, evidenceDigest, policy } = view;
  return sayDecision(session, {
    ...{ workflowId, requestId, evidenceDigest, verb, reason },
    policy: `${policy.name}@${policy.version}`,
    ...(options.for === undefined ? {} : { actingFor: options.for }),
    ...(choice === undefined ? {} : { choice }),
  });
}

function readChoice(verb: Verb, { evidence }: RequestView, chosen: string | undefined): string | undefined {
  const ids = (evidence.choices ?? []).map(({ id }) => id);
  if (verb !== 'approve' || ids.length === 0) return undefined;
  if (chosen !== undefined && ids.includes(chosen)) return chosen;
  const found = chosen === undefined ? 'it offers several ways' : `it offers no ${chosen}`;
  throw new CliError(exitCodes.usage, `approve: ${found}`, `Choose with --choose ${ids.join('|')}.`);
}

function requireReason(
  name: string,
  verb: Verb,
  { risk }: Pick<RequestView['policy'], 'risk'>,
  reason: string | null,
): void {
  if (reason !== null || !needsReason({ risk }, verb)) return;
  const why = risk === 'high' ? ` under high risk` : '';
  throw new CliError(exitCodes.usage, `${name} needs a reason${why}`, 'Say why with --reason.');
}
