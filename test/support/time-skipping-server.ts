import { TestWorkflowEnvironment } from '@temporalio/testing';
import { cacheDir } from '../../sandbox/shared/cache-dir.ts';
import { resolveTestServer } from '../../sandbox/temporal/resolve-test-server.ts';
import { payloadConverterPath } from './workflow-bundle.ts';

/** No test has a sleep that takes so long by our clock. */
const stuckMs = 15_000;

/**
 * Temporal's time-skipping server. Once in some thousand sleeps, on a busy machine, its time stands still: somebody's lock on it was never
 * taken off (seen with runs that end while a task of theirs is under way; not reproduced at will). It is then taken off once more.
 */
export async function startTimeSkippingServer(): Promise<TestWorkflowEnvironment> {
  const path = await resolveTestServer({ cacheDir: cacheDir(), log: console.warn });
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
    client: { dataConverter: { payloadConverterPath } },
  });
  const { sleep } = env;
  env.sleep = async (duration) => {
    const unlock = () => {
      console.warn('the time-skipping server stands still: its time is unlocked once more');
      env.connection.testService?.unlockTimeSkipping({}).catch(console.warn);
    };
    const late = setTimeout(unlock, stuckMs);
    await sleep(duration).finally(() => clearTimeout(late));
  };
  return env;
}
