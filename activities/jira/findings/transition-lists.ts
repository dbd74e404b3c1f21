import { getTransitions } from '../api.ts';
import type { OpenAccess } from '../site.ts';
import { formKey } from '../forms.ts';
import type { Place } from './places.ts';
import { WorkflowTransitions, type WorkflowTransition } from './schema.ts';

/**
 * What one workflow offers in one status, remembered by project, type and status: thousands of findings are closed by the same
 * transition. Kept for ten minutes, since a screen that was taken away would swallow comments without a word.
 */
export interface TransitionLists {
  read(issueId: string, place: Place): Promise<readonly WorkflowTransition[]>;
  forget(place: Place): void;
}

const keptMs = 600_000;

export function createTransitionLists(
  { client, call }: Pick<OpenAccess, 'client' | 'call'>,
  now: () => number = Date.now,
): TransitionLists {
  const lists = new Map<string, { readonly at: number; readonly list: readonly WorkflowTransition[] }>();
  const keyOf = (place: Place) => `${formKey(place)} ${place.status?.id ?? ''}`;
  return {
    async read(issueId, place) {
      const known = lists.get(keyOf(place));
      if (known && now() - known.at < keptMs) return known.list;
      const { transitions } = await call(`list transitions of issue ${issueId}`, async () =>
        WorkflowTransitions.parse(await getTransitions(client, { issueIdOrKey: issueId })),
      );
      const list = transitions.filter(({ isAvailable }) => isAvailable !== false);
      lists.set(keyOf(place), { at: now(), list });
      return list;
    },
    forget: (place) => void lists.delete(keyOf(place)),
  };
}
