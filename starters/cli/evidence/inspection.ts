import type {
  AutoApproved,
  InspectionInput,
  InspectionRecord,
} from '../../../workflows/change-inspection/messages.ts';
import { isRecord, text } from '../../../workflows/shared/guards.ts';
import { workflowTypes } from '../../../workflows/shared/names.ts';
import type { BundleInspection } from './bundle.ts';
import type { RecordedRun } from './history.ts';

/** From what the sample was drawn: the rules of the run's input, and the population as the run read it. */
export function collectInspection(run: RecordedRun): { readonly inspection?: BundleInspection } {
  const read = run.activities.find(({ type, end }) => type === 'listAutoApproved' && end?.state === 'done');
  if (run.type !== workflowTypes.changeInspection || read?.end?.state !== 'done') return {};
  const { month, policy } = run.input as InspectionInput;
  const approved = Array.isArray(read.end.result) ? (read.end.result as readonly AutoApproved[]) : [];
  return { inspection: { month: month ?? '', percent: policy.percent, least: policy.least, approved } };
}

/** @param value what an inspection returned, or answers now; null: it has not drawn anything */
export function readRecord(value: unknown): InspectionRecord | null {
  const isRecorded =
    isRecord(value) &&
    text(value, 'month') !== undefined &&
    text(value, 'seed') !== undefined &&
    ['population', 'sample', 'tickets'].every((list) => Array.isArray(value[list]));
  return isRecorded ? (value as unknown as InspectionRecord) : null;
}
