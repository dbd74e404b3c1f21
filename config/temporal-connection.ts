import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import type { Environment } from './environment.ts';

export interface TemporalConnection {
  /** For `Connection.connect` and `NativeConnection.connect` alike. */
  readonly connectionOptions: ClientConnectConfig['connectionOptions'];
  readonly address: string;
  readonly namespace: string;
}

/** The Temporal server by envconfig's standard names: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_PROFILE, TLS, API key. */
export function loadTemporalConnection(env: Environment): TemporalConnection {
  const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { connectionOptions, namespace } = loadClientConnectConfig({
    overrideEnvVars: Object.fromEntries(defined),
  });
  const address = connectionOptions.address ?? '127.0.0.1:7233';
  return {
    connectionOptions: { ...connectionOptions, address },
    address,
    namespace: namespace ?? 'default',
  };
}
