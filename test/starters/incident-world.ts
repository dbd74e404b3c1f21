import type { Config } from '../../config/parse-config.ts';
import { fullConnection, sound } from '../config/incident-config.ts';
import { configOf, exampleWith } from '../config/example-config.ts';

export const topicArn = fullConnection.topics[0] ?? '';
export const queueUrl = fullConnection.queueUrl;

/** The example with these connections, each `fullConnection` with a few keys changed. */
export function incidentConfig(
  connections: readonly Readonly<Record<string, unknown>>[] = [{}],
  env: Readonly<Record<string, string>> = {},
): Config {
  const yaml = exampleWith({
    ...structuredClone(sound),
    'processes.incidents': { connections: connections.map((one) => ({ ...fullConnection, ...one })) },
  });
  return configOf(yaml, env);
}
