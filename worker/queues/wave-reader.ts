import type { Client } from '@temporalio/client';
import type { FreezeOptions } from '../../activities/decisions/permission.ts';
import { waveState } from '../../workflows/freeze/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { freezeId, workflowTypes } from '../../workflows/shared/names.ts';

/** Of both calls together. They are reads: the activity that asks is repeated with them, so the wait for one answer is short. */
const deadlineMs = 10_000;

/**
 * Asks `freeze` whether a wave was begun. No answer is no permission: not that of a freeze that has ended, which still
 * answers by what it once knew, nor that of a foreign workflow under its id.
 */
export function createWaveReader(client: Client): FreezeOptions['readWave'] {
  return async (key) => {
    try {
      return await client.withDeadline(Date.now() + deadlineMs, async () => {
        const handle = client.workflow.getHandle(freezeId);
        const { status, type } = await handle.describe();
        if (status.name !== 'RUNNING' || type !== workflowTypes.freeze)
          throw new Error('freeze does not run');
        return await handle.query(waveState, key);
      });
    } catch (cause) {
      throw createFailure('Unavailable', 'freeze does not answer: production is held', {
        cause,
        details: { system: 'temporal', action: 'ask whether the wave was begun' },
      });
    }
  };
}
