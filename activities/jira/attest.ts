import { createHash } from 'node:crypto';
import type { DecisionClaims, Evidence } from '../../workflows/approval/messages.ts';
import { parseChangeApprovalId } from '../../workflows/shared/names.ts';
import { commandWords, parseCommand, type Command } from './commands.ts';
import { listSaidComments, propertyOf } from './comments.ts';
import { callingWorkflow, refused } from './questions.ts';
import { QuestionProperty, type Author, type SaidComment } from './schema.ts';
import type { OpenSite } from './site.ts';
import { listDecidingMoves, type DecidingMove } from './status-moves.ts';
import type { PersonOf } from './tickets.ts';

/** What makes a comment or a move in Jira a signed decision: the Jira queue's own key, which may say `via: jira` and nothing else. */
export interface Attestation {
  /** Temporal's namespace: the audience is `<namespace>/<workflow id>`. */
  readonly namespace: string;
  readonly sign: (claims: DecisionClaims) => Promise<string> | string;
  readonly personOf: PersonOf;
  /** As what somebody decides now. An unknown group has no members. */
  readonly standing: (
    person: string,
    groups: readonly string[],
  ) => Promise<Pick<DecisionClaims, 'actingFor' | 'groups'>>;
  /** SHA-256, hex, of the evidence's RFC 8785 form: the same everywhere. */
  readonly digestOf: (evidence: Evidence) => string;
}

export interface Attested {
  readonly envelopes: readonly string[];
  /** A comment's id, or `changelog-<id>` of a move. */
  readonly ignored: readonly { readonly commentId: string; readonly reason: string }[];
}

interface Question extends QuestionProperty {
  readonly created: string;
  readonly isEdited: boolean;
}

/** What somebody said after a question: in a comment, or by moving a change ticket. */
interface Answer {
  readonly id: string;
  readonly created: string;
  readonly author: Author;
  readonly command: Command | 'unknown-word';
  readonly isEdited: boolean;
  /** Unique among comments and moves. */
  readonly source: string;
}

/** Jira stamps `created` and `updated` of a new comment one after the other. */
const editToleranceMs = 1_000;
const lifetimeSeconds = 90 * 24 * 3600;
/** The newest so many: a result must not outgrow what Temporal takes. */
const most = { envelopes: 200, ignored: 50 };

/**
 * Only reads, so it may be repeated freely: the same comment gives the same jti and claims; the standing is that of the moment
 * of reading, since neither Jira nor Slack tells who was a member earlier. The change log is read for changes alone.
 * @throws PolicyViolation the question is another workflow's
 */
export async function attestDecisions(
  open: OpenSite,
  asked: { readonly issueId: string; readonly requestId: string; readonly groups: readonly string[] },
  attestation: Attestation,
): Promise<Attested> {
  const workflowId = callingWorkflow();
  const bot = await open.botAccountId();
  const { issueId, requestId, groups } = asked;
  const said = findAnswers(await listSaidComments(open, issueId), bot, requestId);
  const { question } = said;
  if (!question) return { envelopes: [], ignored: [] };
  if (question.workflowId !== workflowId)
    throw refused('attest decisions', 'the question is another workflow’s', workflowId, question.workflowId);
  const moves = parseChangeApprovalId(workflowId) ? await listDecidingMoves(open, issueId) : [];
  const answers = [...said.answers, ...movesAfter(said.questions, moves, { bot, requestId })].toSorted(
    byTime,
  );
  const signer = { ...attestation, standing: oncePerPerson(attestation.standing) };
  const envelopes: string[] = [];
  const ignored: { commentId: string; reason: string }[] = [];
  for (const answer of answers) {
    const judged = judgeAnswer(answer, question, bot, attestation.personOf);
    if ('reason' in judged) ignored.push({ commentId: answer.source, reason: judged.reason });
    else envelopes.push(await attest(open, answer, { ...judged, question, groups }, signer));
  }
  return { envelopes: envelopes.slice(-most.envelopes), ignored: ignored.slice(-most.ignored) };
}

/** An answer belongs to the newest question before it: to what its author saw last. */
function findAnswers(comments: readonly SaidComment[], bot: string, requestId: string) {
  const questions: Question[] = [];
  const answers: Answer[] = [];
  for (const comment of comments.toSorted(byTime)) {
    const asks = comment.author?.accountId === bot ? toQuestion(comment, bot) : undefined;
    if (asks) {
      questions.push(asks);
      continue;
    }
    const command = questions.at(-1)?.requestId === requestId ? parseCommand(comment.body) : undefined;
    const { id, created, author } = comment;
    if (command) answers.push({ id, created, author, command, isEdited: isEdited(comment), source: id });
  }
  return { question: questions.findLast((one) => one.requestId === requestId), questions, answers };
}

/** As comments; the bot's own moves are what became of a decision, never one. */
function movesAfter(
  questions: readonly Question[],
  moves: readonly DecidingMove[],
  { bot, requestId }: { readonly bot: string; readonly requestId: string },
): Answer[] {
  const questionOf = ({ created }: DecidingMove) =>
    questions.findLast((one) => Date.parse(one.created) < Date.parse(created));
  return moves
    .filter((move) => move.author?.accountId !== bot && questionOf(move)?.requestId === requestId)
    .map((move) => ({ ...move, isEdited: false, source: `changelog-${move.id}` }));
}

function toQuestion(comment: SaidComment, bot: string): Question | undefined {
  const { data } = QuestionProperty.safeParse(propertyOf(comment));
  if (!data) return undefined;
  const byOther =
    comment.updateAuthor !== null &&
    comment.updateAuthor !== undefined &&
    comment.updateAuthor.accountId !== bot;
  return { ...data, created: comment.created, isEdited: isEdited(comment) || byOther };
}

function judgeAnswer(
  { author, command, isEdited: edited }: Answer,
  question: Question,
  bot: string,
  personOf: PersonOf,
): { readonly command: Command; readonly principal: string } | { readonly reason: string } {
  if (command === 'unknown-word') return { reason: `it begins with none of ${commandWords.join(', ')}` };
  if (!author) return { reason: 'its author is unknown' };
  if (author.accountId === bot) return { reason: 'it is Lockkeeper’s own' };
  if (author.active === false) return { reason: 'its author’s account is not active' };
  if (typeof author.accountType === 'string' && author.accountType !== 'atlassian')
    return { reason: `its author is no person but an account of type ${author.accountType.slice(0, 40)}` };
  if (edited) return { reason: 'it was edited afterwards: write a new comment' };
  if (question.isEdited) return { reason: 'the question was edited: nobody knows any more what was shown' };
  const principal = personOf(author.accountId);
  if (!principal || principal.startsWith('jira:'))
    return { reason: 'its author is nobody of the configuration' };
  return { command, principal };
}

async function attest(
  { site }: OpenSite,
  { id, created, source }: Answer,
  answer: { command: Command; principal: string; question: Question; groups: readonly string[] },
  { namespace, sign, standing }: Attestation,
): Promise<string> {
  const { command, principal, question, groups } = answer;
  const iat = Math.floor(Date.parse(created) / 1000);
  const { actingFor, groups: held } = await standing(principal, groups);
  return sign({
    jti: createHash('sha256').update(`${site.name}/${source}/${question.requestId}`).digest('hex'),
    iat,
    exp: iat + lifetimeSeconds,
    aud: `${namespace}/${question.workflowId}`,
    requestId: question.requestId,
    evidenceDigest: question.evidenceDigest,
    policy: question.policy,
    verb: command.verb,
    principal,
    actingFor,
    groups: held,
    via: 'jira',
    sourceEventId: id,
    reason: command.reason,
  });
}

/** Ten comments of one person are one question to Slack or Jira about his groups. */
function oncePerPerson(standing: Attestation['standing']): Attestation['standing'] {
  const known = new Map<string, ReturnType<typeof standing>>();
  return (person, groups) => {
    const found = known.get(person) ?? standing(person, groups);
    known.set(person, found);
    return found;
  };
}

function isEdited({ created, updated }: SaidComment): boolean {
  return Math.abs(Date.parse(updated) - Date.parse(created)) > editToleranceMs;
}

/** Jira's own order, whatever the order of the pages: time, then id. */
function byTime(a: Pick<SaidComment, 'id' | 'created'>, b: Pick<SaidComment, 'id' | 'created'>): number {
  const apart = Date.parse(a.created) - Date.parse(b.created);
  return apart === 0 ? Number(BigInt(a.id) - BigInt(b.id)) : apart;
}
