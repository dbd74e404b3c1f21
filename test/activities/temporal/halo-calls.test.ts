import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { createHaloCalls } from '../../../activities/temporal/halo-calls.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { findingPolicy } from '../../support/halo-pages.ts';

interface Started {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly args: readonly unknown[];
  readonly signal: string;
  readonly signalArgs: readonly unknown[];
}

function world(down = false) {
  const started: (Started & { readonly type: string })[] = [];
  const workflow = {
    async signalWithStart(type: string, options: Started) {
      if (down) throw new Error('no connection');
      started.push({ type, ...options });
    },
  };
  const client = {
    workflow,
    withDeadline: <T>(_: number, act: () => Promise<T>) => act(),
  } as unknown as Client;
  const toFindingPolicy = (source: string) => (source === 'halo' ? findingPolicy : undefined);
  return { started, calls: createHaloCalls({ client, taskQueue: 'q', toFindingPolicy }), client };
}

const asked = { source: 'halo', kind: 'pass', requestId: 'schedule:1' } as const;

describe('asking for a pass of findings', () => {
  it('starts the one writer of the source, or tells it, by the worker’s own rules', async () => {
    const { started, calls } = world();
    await calls.requestHaloPass(asked);
    assert.partialDeepStrictEqual(started, [
      {
        ...{ type: 'haloSync', workflowId: 'halo-sync:halo', taskQueue: 'q', signal: 'requestPass' },
        args: [{ policy: findingPolicy }],
        signalArgs: [{ kind: 'pass', since: null, requestId: 'schedule:1', policy: findingPolicy }],
      },
    ]);
  });

  it('fails for good for a source that is not configured', async () => {
    const { started, calls, client } = world();
    await assertFails(() => calls.requestHaloPass({ ...asked, source: 'gone' }), 'NotFound');
    await assertFails(() => createHaloCalls({ client, taskQueue: 'q' }).requestHaloPass(asked), 'NotFound');
    assert.deepEqual(started, []);
  });

  it('is repeated while Temporal does not answer', () =>
    assertFails(() => world(true).calls.requestHaloPass(asked), 'Unavailable'));
});
