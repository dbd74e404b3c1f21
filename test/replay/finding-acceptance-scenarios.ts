import { unaccept } from '../../workflows/finding-acceptance/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import {
  startAcceptance,
  startSync,
  type AcceptanceParts,
  type AcceptanceWorld,
} from '../support/acceptance-world.ts';
import type { RecordingWorld, Scenario } from './scenario.ts';

/** Stories of accepted risks, in seconds where they take months. */

let played = 700;

function play(part: Partial<AcceptanceParts>, story: (world: AcceptanceWorld) => Promise<void>): Scenario {
  return async ({ client }: RecordingWorld) => {
    const world = await startAcceptance(client, (played += 1), { nowMs: Date.now(), ...part });
    await story(world);
    await world.handle.result();
    return world.handle;
  };
}

const takeBack = ({ handle }: AcceptanceWorld) => handle.signal(unaccept, { by: 'sam', reason: 'patched' });

export const findingAcceptanceScenarios: Readonly<Record<string, Scenario>> = {
  'reminded-and-expired': async (recording) => {
    const source = 'halo-accepted';
    const sync = await startSync(recording.client, source);
    const handle = await play({ source, days: 12 / 86_400 }, async (world) => {
      await world.say(await world.openRequest());
      await world.inState('accepted');
    })(recording);
    await sync.stop();
    return handle;
  },
  'revoked-without-a-sync': play({}, async (world) => {
    const view = await world.openRequest();
    await world.say(view);
    await world.inState('accepted');
    await world.say(view, { verb: 'revoke', principal: 'eve', groups: [] });
    await world.say(view, { verb: 'revoke', reason: 'exploited' });
  }),
  rejected: play({}, async (world) => {
    await world.say(await world.openRequest(), { verb: 'reject', reason: 'patch it' });
  }),
  withdrawn: play({}, async (world) => {
    await world.openRequest();
    await takeBack(world);
  }),
  'refused-by-the-guard': play(
    {
      halo: {
        acceptFinding: () => Promise.reject(createFailure('PolicyViolation', 'asked for by somebody else')),
      },
    },
    async (world) => world.say(await world.openRequest()),
  ),
};
