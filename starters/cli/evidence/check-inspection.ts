import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../config/canonical-json.ts';
import { drawAgain, type Drawn } from '../../../workflows/change-inspection/sample.ts';
import type { InspectedTicket, InspectionRecord } from '../../../workflows/change-inspection/messages.ts';
import { workflowTypes } from '../../../workflows/shared/names.ts';
import type { BundleInspection, BundleRequest, EvidenceBundle } from './bundle.ts';
import { compare, runCheck, type Check, type Finding } from './check.ts';
import { readRecord } from './inspection.ts';

/** Draws the sample of an inspection again, and compares what was asked and recorded with it. */
export async function checkInspection({ run, requests, inspection }: EvidenceBundle): Promise<Check[]> {
  if (run.type !== workflowTypes.changeInspection) return [];
  const record = readRecord(run.outcome);
  if (!inspection) {
    const unfounded = record !== null || requests.length > 0;
    return unfounded ? [await runCheck('inspection', () => compare('a population', 'none'))] : [];
  }
  const drawn = redraw(inspection);
  return Promise.all([
    runCheck('inspection: month', () => compare(`change-inspection:${inspection.month}`, run.workflow_id)),
    runCheck('inspection: asked', () => checkAsked(drawn, requests)),
    ...(record
      ? [
          runCheck('inspection: drawn', () => compareDrawn(drawn, record)),
          runCheck('inspection: results', () => checkResults(record, requests)),
        ]
      : []),
  ]);
}

export function redraw({ month, percent, least, approved }: BundleInspection): Drawn {
  const tickets = approved.map(({ ticket }) => ticket);
  return drawAgain(month, tickets, { percent, least }, (text) =>
    createHash('sha256').update(text).digest('hex'),
  );
}

export function compareDrawn(drawn: Drawn, { population, seed, sample }: Drawn): Finding {
  const ok = canonicalJson(drawn) === canonicalJson({ population, seed, sample });
  return { ok, expected: describe(drawn), found: describe({ population, seed, sample }) };
}

function describe({ population, seed, sample }: Drawn): string {
  return `${sample.length} of ${population.length}, seed ${seed}: ${sample.join(', ') || 'none'}`;
}

/** People were asked about every ticket of the sample, and about no other. */
function checkAsked({ sample }: Drawn, requests: readonly BundleRequest[]): Finding {
  const asked = new Set(requests.map(({ evidence }) => String(evidence.subject['ticket'])));
  return compare(sample.toSorted().join(', '), [...asked].sort().join(', '));
}

function checkResults({ tickets }: InspectionRecord, requests: readonly BundleRequest[]): Finding {
  const wrong = tickets.filter((ticket) => !isBacked(ticket, requests)).map(({ ticket }) => ticket);
  return {
    ok: wrong.length === 0,
    expected: 'each result as people decided',
    found: wrong.length === 0 ? `${tickets.length} as people decided` : `not so: ${wrong.join(', ')}`,
  };
}

/** The last request about the ticket ended in this result, by this person. That its views follow from decisions is checked elsewhere. */
function isBacked(
  { ticket, result, inspector }: InspectedTicket,
  requests: readonly BundleRequest[],
): boolean {
  const last = requests.findLast(({ evidence }) => evidence.subject['ticket'] === ticket)?.shown.at(-1);
  if (!last) return false;
  const by = (verb: string) =>
    last.decisions
      .filter((one) => one.verb === verb)
      .map(({ principal }) => principal)
      .join(', ');
  if (result === 'passed') return last.state === 'committed' && by('approve') === inspector;
  return result === 'failed' && last.state === 'rejected' && by('reject') === inspector;
}
