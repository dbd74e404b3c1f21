import { digestOf } from '../../../config/canonical-json.ts';
import type { SealedBundle } from './bundle.ts';
import { compare, runCheck, type Check } from './check.ts';
import { checkChangeWrites } from './change-writes.ts';
import { checkDecisions, type Verifier } from './check-decisions.ts';
import { checkFindingWrites } from './finding-writes.ts';
import { checkInspection } from './check-inspection.ts';
import { checkRequests } from './check-requests.ts';
import { checkWrites, toldByWrites } from './check-writes.ts';

/** Everything that the file alone and the public keys can tell. Never throws for what the file holds. */
export async function verifyBundle(sealed: SealedBundle, verifier: Verifier): Promise<readonly Check[]> {
  const { bundle, claimed, found } = sealed;
  const { input_policy: policy } = bundle;
  const { checks, judged } = await checkDecisions(bundle, verifier);
  const written = toldByWrites(bundle, judged);
  return [
    await runCheck('bundle_sha256', () => compare(claimed, found)),
    ...(policy
      ? [
          await runCheck('policy of the run', () => {
            const { digest, ...rules } = policy;
            return compare(
              `${policy.name}@${policy.version}, ${digest}`,
              `${policy.name}@${policy.version}, ${digestOf(rules)}`,
            );
          }),
        ]
      : []),
    ...checks,
    ...(await checkRequests(bundle, judged, written)),
    ...(await checkWrites(bundle, judged, verifier)),
    ...(await checkChangeWrites(bundle, verifier)),
    ...(await checkFindingWrites(bundle, verifier)),
    ...(await checkInspection(bundle)),
  ];
}
