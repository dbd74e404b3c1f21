import type { FileFinding } from './finding-row.ts';
import { fail, wordsOf, type ParsedFindings } from './parsed.ts';
import { toSarifFinding } from './sarif-result.ts';
import { SarifLog, SarifResult, type SarifRun } from './sarif-schema.ts';

/**
 * SARIF 2.1.0: every result that tells of a problem is a finding. A run that the tool says has failed is no list of what there is: it
 * is refused, since the tickets of what it did not find would be closed.
 * @param writtenAt of the file, ISO 8601 UTC
 */
export function parseSarif(body: unknown, writtenAt: string): ParsedFindings {
  const parsed = SarifLog.safeParse(body);
  if (!parsed.success) throw fail('InvalidInput', `SARIF 2.1.0 is expected: ${wordsOf(parsed.error)}`);
  const findings = new Map<string, FileFinding>();
  const faults: ParsedFindings['faults'][number][] = [];
  let index = 0;
  for (const run of parsed.data.runs)
    for (const raw of resultsOf(run)) {
      const result = SarifResult.safeParse(raw);
      const findingId = `#${index++}`;
      if (!result.success) faults.push({ findingId, reason: wordsOf(result.error) });
      else if (!['pass', 'notApplicable'].includes(result.data.kind))
        add(findings, toSarifFinding(run, result.data, raw, writtenAt));
    }
  return { findings, faults };
}

/** §3.14.23: without results the tool did not get as far as to look. */
function resultsOf({ results, invocations, tool }: SarifRun): readonly unknown[] {
  const hasFailed = invocations.some(({ executionSuccessful }) => !executionSuccessful);
  if (results && !hasFailed) return results;
  const name = tool.driver.name.slice(0, 80);
  throw fail('InvalidInput', `the run of ${name} ${hasFailed ? 'has failed' : 'has no results'}`);
}

/** One problem that is reported twice is one; while one of the two is not suppressed, it is active. */
function add(findings: Map<string, FileFinding>, row: FileFinding) {
  const known = findings.get(row.finding.id);
  if (!known || (known.finding.status === 'resolved' && row.finding.status === 'active'))
    findings.set(row.finding.id, row);
}
