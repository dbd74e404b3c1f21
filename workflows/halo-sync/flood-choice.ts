import type { Settlement } from '../approval/approvals.ts';
import type { FloodChoice } from './messages.ts';

/** What people choose from; `evidence.choices` of the question. */
export const floodChoices: readonly { readonly id: FloodChoice; readonly label: string }[] = [
  { id: 'all', label: 'Create all' },
  { id: 'group', label: 'Group them' },
  { id: 'drop', label: 'Drop them' },
];

/**
 * What people want to become of the new findings beyond the limit. An override approves without a choice; who rejects wants no
 * tickets of them.
 * @returns null: nobody has decided
 */
export function choiceOf(settlement: Settlement): FloodChoice | null {
  if (settlement.outcome === 'rejected') return 'drop';
  if (settlement.outcome !== 'approved') return null;
  return floodChoices.find(({ id }) => id === settlement.choice)?.id ?? 'all';
}
