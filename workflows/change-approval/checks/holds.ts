import type { ChangeFacts } from '../facts.ts';
import type { Check } from './check.ts';
import { passed } from './results.ts';

type Hold = ChangeFacts['holds']['holds'][number];

/** Freeze windows and holds that people set; where nobody answers, it is held. */
export const freeze: Check = {
  id: 'freeze',
  title: 'Freeze',
  judge({ holds: { open, holds }, policy }) {
    const ours = holds.filter(({ kind }) => kind !== 'incident');
    const held = ours.length > 0 || (!open && holds.length === 0);
    if (!held) return passed([policy.freezes ? 'nothing is held' : 'no freezes are configured']);
    return {
      verdict: 'pending',
      found: ours.length > 0 ? ours.map(toLine) : ['held, and nobody says by what'],
      links: [],
      fix: ours.some(({ until }) => until === null)
        ? 'Somebody lifts it: lockkeeper thaw.'
        : 'It ends by itself.',
    };
  },
};

/** An open incident of the highest severity: only a person knows whether this change mends it. */
export const incident: Check = {
  id: 'incident',
  title: 'Open incidents',
  judge({ holds: { holds }, history: { incidents } }) {
    const found = [
      ...(incidents ?? []).map(({ ticket, summary }) => `${ticket}: ${summary}`),
      ...holds.filter(({ kind }) => kind === 'incident').map(toLine),
    ];
    if (found.length > 0) return { verdict: 'manual', found, links: [], fix: 'The incident is closed.' };
    return passed([
      incidents === null ? 'no hold of an incident; no search for incidents is configured' : 'none is open',
    ]);
  },
};

function toLine({ kind, source, reason, until }: Hold): string {
  if (kind === 'no-answer') return `the freeze gives no answer, so it is held: ${reason}`;
  return `held by ${source} ${until === null ? 'until somebody lifts it' : `until ${until}`}: ${reason}`;
}
