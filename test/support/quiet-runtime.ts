import { DefaultLogger, Runtime, makeTelemetryFilterString } from '@temporalio/worker';

/** Temporal's native part logs errors only: it is one per process, and the first test file sets it up. */
export function quietRuntime(): void {
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: {
        logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) },
      },
    });
  } catch {
    // another file of this process installed it
  }
}
