import type { DecisionAnswer, DecisionRecord } from './messages.ts';

const mostRecords = 200;

/** The newest 200; junk that names nobody goes first, and what was accepted last. */
export function addRecord(
  records: readonly DecisionRecord[],
  record: DecisionRecord,
): readonly DecisionRecord[] {
  const all = [...records, record];
  if (all.length <= mostRecords) return all;
  const nameless = all.findIndex(({ jti }) => jti === null);
  const refused = all.findIndex(({ state }) => state === 'refused');
  const least = [nameless, refused].find((index) => index >= 0) ?? 0;
  return all.filter((_, index) => index !== least);
}

/** An accepted decision stays accepted however often it comes again; a refused one may be judged anew. */
export function findAnswer(records: readonly DecisionRecord[], jti: unknown): DecisionAnswer {
  const known = records.filter((record) => record.jti === jti && record.jti !== null);
  const found = known.find(({ state }) => state === 'accepted') ?? known.at(-1);
  if (!found) return { state: 'pending' };
  const { state, rule, text } = found;
  return { state, rule, text };
}
