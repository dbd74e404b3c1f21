import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSocketBridge } from '../isolation/socket-bridge.ts';
import { runIsolated, type IsolatedProcess } from '../isolation/run-isolated.ts';
import { createConsoleLog } from './console-log.ts';
import { hostnameOf, serveInstanceMetadata, type InstanceFacts } from './instance-metadata.ts';

const instanceFiles = fileURLToPath(new URL('./instance', import.meta.url));
const env = {
  PATH: '/lab/instance/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
};

/** `exit` resolves when the machine is off, whoever switched it off. */
export type RunningInstance = IsolatedProcess;

/**
 * Switches a machine on: its user data runs in namespaces of its own. It reaches its metadata service and, under its own
 * host and port so that presigned URLs hold, the endpoint; nothing else. The console goes to `<consoleDir>/<id>.log`.
 */
export async function bootInstance(
  facts: InstanceFacts,
  options: { endpoint: string; consoleDir: string },
): Promise<RunningInstance> {
  const console = createConsoleLog(path.join(options.consoleDir, `${facts.instanceId}.log`));
  const labDir = mkdtempSync(path.join(tmpdir(), 'instance-'));
  const { hostname: host, port } = new URL(options.endpoint);
  const aws = { host, port: Number(port), socketPath: path.join(labDir, 'aws.sock') };
  const imds = { host: '169.254.169.254', port: 80, socketPath: path.join(labDir, 'imds.sock') };
  const services = await Promise.all([openSocketBridge(aws), serveInstanceMetadata(facts, imds.socketPath)]);
  const machine = runIsolated({
    labDir,
    hostname: hostnameOf(facts.privateIp),
    command: ['bash', '/lab/instance/boot.sh'],
    env,
    forwards: [aws, imds],
    mounts: [{ source: instanceFiles, target: '/lab/instance' }],
    console,
  });
  const exit = machine.exit.finally(() => {
    for (const service of services) service.close();
    console.destroy();
    rmSync(labDir, { recursive: true, force: true });
  });
  return { exit, kill: machine.kill };
}
