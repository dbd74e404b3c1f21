import type { RequestView, Verb } from '../../../workflows/approval/messages.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';

const isOpen = ({ state }: RequestView) => state === 'open' || state === 'info-requested';
const isApproved = ({ state }: RequestView) => state === 'approved';
const hasDecision = (view: RequestView) => (isOpen(view) || isApproved(view)) && view.decisions.length > 0;

/** What people mean who name no request, in this order; of anything else they are told by the workflow. */
const meant: Readonly<Partial<Record<Verb, readonly ((view: RequestView) => boolean)[]>>> = {
  reject: [isOpen, isApproved],
  revoke: [hasDecision, isOpen],
};

/** An id may be given by its beginning. */
const shortest = 4;

/**
 * The request that a person means.
 * @param named request id, or the id of the hold that it lifts; or the beginning of one
 * @throws CliError that lists what there is
 */
export function chooseRequest(
  requests: readonly RequestView[],
  verb: Verb,
  named: string | undefined,
): RequestView {
  const fitting =
    named === undefined ? findMeant(requests, verb) : requests.filter((one) => isNamed(one, named));
  const [chosen, ...others] = fitting;
  if (chosen && others.length === 0) return chosen;
  if (!chosen)
    throw new CliError(
      exitCodes.notFound,
      named === undefined ? 'nothing is asked here now' : `no request ${named} here`,
      describeAll(requests),
    );
  throw new CliError(
    exitCodes.usage,
    'several requests are open: name one with its id',
    describeAll(fitting),
  );
}

/** An exception from a freeze is asked in silence, and is answered with `override` only. */
function findMeant(requests: readonly RequestView[], verb: Verb): readonly RequestView[] {
  for (const fits of meant[verb] ?? [isOpen]) {
    const found = requests.filter(fits);
    const loud = found.filter(({ evidence }) => evidence.kind !== 'freeze-override');
    if (found.length > 0) return verb === 'override' || loud.length === 0 ? found : loud;
  }
  return [];
}

function isNamed({ requestId, evidence }: RequestView, named: string): boolean {
  const ids = [requestId, evidence.subject['holdId']];
  return ids.some((id) => id === named || (named.length >= shortest && String(id ?? '').startsWith(named)));
}

function describeAll(requests: readonly RequestView[]): string {
  if (requests.length === 0) return 'It has asked for nothing yet.';
  return requests
    .map(({ requestId, state, evidence }) => `${requestId}  ${state}  ${evidence.title}`)
    .join('\n');
}
