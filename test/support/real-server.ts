import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { cacheDir } from '../../sandbox/shared/cache-dir.ts';
import { startDevServer } from '../../sandbox/temporal/dev-server.ts';
import { resolveTemporalCli } from '../../sandbox/temporal/resolve-cli.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { startStubWorkers } from './stub-workers.ts';
import { TrackedRuns } from './tracked-runs.ts';
import { payloadConverterPath } from './workflow-bundle.ts';

export interface RealServerWorld {
  readonly address: string;
  readonly client: Client;
  /** Its history is replayed when the tests of the file have ended. */
  track<H extends WorkflowHandle>(handle: H): H;
  stop(): Promise<void>;
}

const identity = 'lockkeeper-test';

/** The real server, for what the time-skipping one does otherwise, with a stubbed worker per task queue. */
export async function startRealServer(): Promise<RealServerWorld> {
  quietRuntime();
  const runDir = await mkdtemp(path.join(os.tmpdir(), 'lockkeeper-temporal-'));
  const cli = await resolveTemporalCli({ cacheDir: cacheDir(), log: console.warn });
  const server = await startDevServer({ cli: cli.path, runDir });
  const { address } = server;
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const stopWorkers = await startStubWorkers(native, identity);
  const runs = new TrackedRuns();
  return {
    address,
    client: new Client({ connection, identity, dataConverter: { payloadConverterPath } }),
    track: runs.track,
    async stop() {
      const replay = await runs.fetchHistories().finally(async () => {
        await stopWorkers();
        await native.close();
        await connection.close();
        await server.stop();
        await rm(runDir, { recursive: true });
      });
      await replay();
    },
  };
}
