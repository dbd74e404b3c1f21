import type { IncidentState, IncidentView } from './messages.ts';

export const emptyState: IncidentState = {
  ...{ link: null, pendingSince: null, reminded: 0, expected: [], parked: [], hold: null, paused: false },
  ...{ deliveries: [], answers: {}, conflicts: [], closedAt: null, notes: [], syncs: 0 },
  ...{ severe: false, gone: null, toldParkedAt: null, drift: null },
};

export function toView(connection: string, caseId: string, state: IncidentState): IncidentView {
  const { link, parked, hold, paused, syncs, conflicts, gone, severe, drift } = state;
  const copied = link?.comments.filter(({ copies }) => copies.length > 0) ?? [];
  return {
    ...{ connection, caseId, paused, parked, hold, syncs, link, conflicts, gone, severe, drift },
    issueKey: link?.issueKey ?? null,
    version: link?.version ?? 0,
    comments: copied.length,
    attachments: link?.attachments.filter(({ state: how }) => how === 'copied').length ?? 0,
  };
}

/** What an operator reads behind the step: counts and names of ours. */
export function toNote({ link, parked, hold, conflicts, gone }: IncidentState): string {
  if (!link) return 'not linked yet';
  const parts = [
    `${link.issueKey}, version ${link.version}`,
    `${link.comments.length} comments`,
    ...(parked.length > 0 ? [`${parked.length} parked`] : []),
    ...(hold ? [`status held: ${hold.reason}`] : []),
    ...(conflicts.length > 0 ? [`${conflicts.length} in conflict`] : []),
    ...(gone ? [`issue ${gone}`] : []),
  ];
  return parts.join(', ');
}

const keptDeliveries = 200;

export function withDelivery(state: IncidentState, deliveryId: string): IncidentState {
  return { ...state, deliveries: [...state.deliveries, deliveryId].slice(-keptDeliveries) };
}

export function withParked(state: IncidentState, name: string, reason: string, at: string): IncidentState {
  const known = state.parked.find((one) => one.name === name);
  const entry = {
    name,
    reason: reason.slice(0, 300),
    since: known?.since ?? at,
    tries: (known?.tries ?? 0) + 1,
  };
  return { ...state, parked: [...state.parked.filter((one) => one.name !== name), entry].slice(-100) };
}

export function withoutParked(state: IncidentState, name: string): IncidentState {
  return { ...state, parked: state.parked.filter((one) => one.name !== name) };
}
