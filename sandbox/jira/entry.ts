import type { Issue } from './model.ts';

/** An issue with the states that search may still show, oldest first; the last is the present one. */
export interface Entry {
  readonly number: number;
  readonly issue: Issue;
  /** Epoch ms of the last state: nearly always all that search has to look at. */
  since: number;
  states: readonly State[];
}

export interface State {
  /** Epoch ms. */
  readonly at: number;
  readonly issue: Issue;
}

/** What search shows at a moment, epoch ms: the newest state that was saved at or before it. */
export function stateAt({ issue, since, states }: Entry, moment: number): Issue | undefined {
  if (since <= moment) return issue;
  for (let at = states.length - 1; at >= 0; at -= 1) {
    const state = states[at];
    if (state && state.at <= moment) return state.issue;
  }
  return undefined;
}
