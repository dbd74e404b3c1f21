import { setWorkflowOptions } from '@temporalio/workflow';
import type { LedgerPort } from '../../activities/ledger/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { versioned } from '../shared/versioning.ts';
import type { SecretExportInput } from './secret-messages.ts';

const dayMs = 86_400_000;
const daysAtOnce = 7;

/** Writes the days whose verdicts may still change, for Athena; every night. The same ledger gives the same objects. */
export async function secretExport({
  days,
}: SecretExportInput): Promise<{ objects: number; changes: number }> {
  const ledger = activitiesOf<LedgerPort>('aws-audit', 'write', { startToCloseMs: 60 * 60_000 });
  const now = Date.now();
  const all = Array.from({ length: days }, (_, back) => toDay(now - back * dayMs));
  const total = { objects: 0, changes: 0 };
  for (let from = 0; from < all.length; from += daysAtOnce) {
    const { objects, changes } = await ledger.exportDays({ days: all.slice(from, from + daysAtOnce) });
    total.objects += objects;
    total.changes += changes;
  }
  return total;
}

function toDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

setWorkflowOptions(versioned('PINNED'), secretExport);
