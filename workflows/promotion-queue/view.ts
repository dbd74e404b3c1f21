import { setCurrentDetails } from '@temporalio/workflow';
import type { QueueState } from './messages.ts';

/** The current details in the Web UI. Reasons are people's words: they are shown as code. */
export function showLine(state: QueueState) {
  const holder = state.holder ? `**${state.holder.ticket}** since ${state.holder.grantedAt}` : 'nobody';
  const rows = state.waiting.slice(0, 50).map((entry, index) => `${index + 1}. ${entry.ticket}`);
  const held = (state.held ?? []).map(
    ({ source, reason, until }) =>
      `Held by ${code(`${source}: ${reason}`)}${until === null ? '' : ` until ${until}`}`,
  );
  const parked = (state.parked ?? []).slice(-50).map(({ ticket }) => ticket);
  const parts = [
    `Turn: ${holder}`,
    ...held,
    rows.join('\n') || 'Nobody waits.',
    ...(parked.length > 0 ? [`Waiting for people: ${parked.join(', ')}`] : []),
  ];
  setCurrentDetails(parts.join('\n\n'));
}

function code(text: string): string {
  return `\`${text.replace(/[`\r\n]/g, ' ').slice(0, 200)}\``;
}
