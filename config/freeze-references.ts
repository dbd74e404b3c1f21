import { Cron } from 'croner';
import type { OutlinedWindow } from './approval-outline.ts';
import { findDuplicates } from './duplicates.ts';
import type { ConfigFault } from './fault.ts';
import type { Outline } from './outline.ts';

/** Calendar windows: each named once, and each happens. */
export function findFreezeFaults({ windows }: Outline): ConfigFault[] {
  return [...findDuplicates('freeze.windows', 'name', windows), ...windows.flatMap(findWindowFaults)];
}

function findWindowFaults({ cron, from, to }: OutlinedWindow, index: number): ConfigFault[] {
  const path = `freeze.windows[${index}]`;
  if (cron !== undefined && !isCron(cron))
    return [
      {
        path: `${path}.cron`,
        problem: 'is no cron expression',
        fix: 'use five fields, such as "0 16 * * 5"',
      },
    ];
  // local times of one zone in one form: text compares as time does
  if (from === undefined || to === undefined || from < to) return [];
  return [{ path: `${path}.to`, problem: 'is not after from', fix: 'set it to a later time' }];
}

/** One that never happens again, such as the 31st of February, would hold nothing in silence. */
function isCron(expression: string): boolean {
  try {
    return (
      new Cron(expression, { mode: '5-part', timezone: 'UTC', paused: true }).nextRun(new Date(0)) !== null
    );
  } catch {
    return false;
  }
}
