import { parseArgs } from 'node:util';
import { reportFaults, reportWarning, type ConfigFault } from '../config/fault.ts';
import type { Config } from '../config/parse-config.ts';
import { requireAnySecret, requireSecrets } from '../config/secrets.ts';
import { loadConfigWithParameters } from '../config/ssm-secrets.ts';
import { loadTemporalConnection } from '../config/temporal-connection.ts';
import { connectTemporal } from './connect-temporal.ts';
import { createJsonLog } from './log.ts';
import { findGatewayFaults } from './decisions/open-gateway.ts';
import { openQueues } from './queues/open-queues.ts';
import { createServer } from './server.ts';
import { mountSlack } from './slack/mount.ts';
import { createTemporalStarter } from '../activities/temporal/temporal-starter.ts';

const usage = 'usage: node starters/main.ts [--config lockkeeper.yaml] [--host 127.0.0.1] [--port 8080]';
const log = createJsonLog((line) => process.stderr.write(line));

await main();

/** Prints {"listening": URL} on stdout when it serves; ends after the open requests on SIGTERM and SIGINT. */
async function main() {
  const { config: path, host, port } = readArguments();
  const loaded = await loadConfigWithParameters(path, process.env);
  if ('faults' in loaded) return endWithFaults(loaded.faults);
  const { config } = loaded;
  const required = requireSecrets(config, ['jiraWebhookSecret']);
  const missing = requireAnySecret(config, ['gitlabWebhookToken', 'gitlabSigningToken']);
  const faults = [
    ...('faults' in required ? required.faults : []),
    ...missing,
    ...findGatewayFaults(config),
    ...findSlackFaults(config),
  ];
  if (faults.length > 0) return endWithFaults(faults);
  for (const warning of loaded.warnings) log('warn', reportWarning(warning));

  const temporal = connectTemporal(loadTemporalConnection(process.env));
  const client = createTemporalStarter(temporal.client);
  const { secrets } = config;
  const isReady = () => temporal.isReady();
  const parts = { config, secrets, now: Date.now, log };
  const { app, gateway, counter } = createServer({
    ...parts,
    client,
    isReady,
    visibility: temporal.client,
  });
  const slack =
    gateway && takesSlack(config)
      ? await mountSlack({ ...parts, app, gateway, counter, client: temporal.client })
      : undefined;
  const listening = await app.listen({ host, port });
  const queues = openQueues({ config, temporal: client, log, counter });
  process.stdout.write(`${JSON.stringify({ listening })}\n`);

  const stopAll = async () => {
    try {
      // what comes by Socket Mode or a queue now goes to another starter
      await Promise.all([slack?.stop(), queues.stop()]);
    } finally {
      await app.close();
      await temporal.connection.close();
    }
  };
  const stop = (signal: string) => {
    log('info', 'stopping', { signal });
    void stopAll();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** Over HTTP it needs the signing secret, in Socket Mode the app token. */
function takesSlack({ secrets }: Config): boolean {
  return secrets.slackSigningSecret !== undefined || secrets.slackAppToken !== undefined;
}

function findSlackFaults(config: Config): readonly ConfigFault[] {
  if (!takesSlack(config)) return [];
  const required = requireSecrets(config, ['slackBotToken', 'decisionKeys']);
  return 'faults' in required ? required.faults : [];
}

function readArguments(): { config: string; host: string; port: number } {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: 'string', default: process.env['LOCKKEEPER_CONFIG'] ?? 'lockkeeper.yaml' },
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8080' },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new Error('--port: 0 to 65535 is expected');
    return { ...values, port };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exit(2);
  }
}

function endWithFaults(faults: readonly ConfigFault[]) {
  process.stderr.write(`${reportFaults(faults)}\n`);
  process.exitCode = 2;
}
