import type { Vendor, VendorRequest, VendorResponse } from '../shared/front.ts';
import type { LoggedRequest } from '../shared/logged-request.ts';
import { createAwsActors } from './aws-actors.ts';
import type { Emulator } from './emulator.ts';
import { createForwarder } from './forward-request.ts';
import { createLookUpEvents, isLookUpEvents } from './look-up-events.ts';
import { recordInTrail } from './record-in-trail.ts';
import { createTrailStore } from './trail-store.ts';

export interface AwsVendorOptions {
  readonly emulatorUrl: string;
  /** Access key id → name, for the request log. */
  readonly users: ReadonlyMap<string, string>;
  readonly reset: () => Promise<void>;
  readonly ask: Emulator['ask'];
  readonly seed: (fixtures: unknown) => Promise<unknown>;
  /** The front's log, from which user data is cut: it carries presigned URLs. */
  readonly requests: () => readonly LoggedRequest[];
}

/**
 * AWS for startFront: every call goes to the emulator unchanged; only its own `/_…` paths do not, and CloudTrail's LookupEvents, which
 * is answered here. Control `trail`: what CloudTrail records and EventBridge hears, see record-in-trail.ts.
 */
export function createAwsVendor(options: AwsVendorOptions): Vendor {
  const forwarder = createForwarder(options.emulatorUrl);
  const actors = createAwsActors(options.users);
  const trail = createTrailStore();
  const lookUpEvents = createLookUpEvents(trail, options.ask);
  return {
    name: 'aws',
    actor: (request) => actors.of(request),
    async handle(request): Promise<VendorResponse> {
      if (request.path.startsWith('/_')) return { status: 404, body: 'not a path of AWS' };
      if (isLookUpEvents(request)) return lookUpEvents(request);
      const action = await queryAction(request);
      if (action === 'RunInstances') cutUserData(options.requests());
      const answer = await forwarder.forward(request);
      return action === 'AssumeRole' ? actors.learn(answer) : answer;
    },
    async reset() {
      trail.clear();
      await options.reset();
    },
    controls: { trail: (body) => recordInTrail(trail, options.ask, body) },
    seed: options.seed,
    stop: () => forwarder.stop(),
  };
}

/** The action of an EC2, STS or IAM call (query protocol); S3 has none. */
async function queryAction(request: VendorRequest): Promise<string | undefined> {
  if (request.path !== '/' || !request.headers['content-type']?.includes('x-www-form-urlencoded'))
    return undefined;
  return new URLSearchParams((await request.body()).toString('utf8')).get('Action') ?? undefined;
}

function cutUserData(requests: readonly LoggedRequest[]) {
  for (const { body } of requests) {
    const launch = body as { UserData?: string } | undefined;
    if (typeof launch?.UserData === 'string') launch.UserData = `[${launch.UserData.length} characters cut]`;
  }
}
