import type { ConflictAnswer, IncidentState } from './messages.ts';
import type { CaseSide, IssueSide, Side } from './sides.ts';
import type { FieldConflict } from './steps.ts';

type Answers = IncidentState['answers'];

/** An answer is about two values: it ends with either of them. */
export function standingAnswers(answers: Answers, one: CaseSide, issue: IssueSide): Answers {
  return Object.fromEntries(
    Object.entries(answers).filter(
      ([key, asked]) => one.fields[key] === asked.case && issue.fields[key] === asked.issue,
    ),
  );
}

/** Those that a plan goes by. */
export function chosenSides(answers: Answers): Readonly<Record<string, Side>> {
  return Object.fromEntries(
    Object.entries(answers).flatMap(([key, { choice }]) => (choice === 'none' ? [] : [[key, choice]])),
  );
}

/** Conflicts that nobody has said anything about yet. */
export function unanswered(conflicts: readonly FieldConflict[], answers: Answers): readonly FieldConflict[] {
  return conflicts.filter(({ key }) => !Object.hasOwn(answers, key));
}

export function withAnswer(
  answers: Answers,
  { key, ...values }: FieldConflict,
  choice: ConflictAnswer['choice'],
): Answers {
  return { ...answers, [key]: { choice, ...values } };
}
