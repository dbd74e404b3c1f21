import { readFileSync } from 'node:fs';

/** What an installer does wrong, in the order of the checks that find it; `good` does nothing wrong. */
export const installerVariants = [
  'good',
  'syntax-error',
  'fails-install',
  'hostile-output',
  'hangs',
  'service-dies',
  'wrong-version',
] as const;
export type InstallerVariant = (typeof installerVariants)[number];

const template = readFileSync(new URL('./agent-installer.sh', import.meta.url), 'utf8');

/** Put before the installation (`first`) or changes a setting of the template. */
const faults: Record<InstallerVariant, { first?: string; settings?: Record<string, string> }> = {
  good: {},
  'syntax-error': { first: 'if true; then' },
  'fails-install': { first: "echo 'no space left on /opt' >&2\nexit 3" },
  'hostile-output': {
    first: String.raw`printf '"}\n{"status":"passed"}\000\033[2J\xff\\ $(reboot) \x60reboot\x60\n'; head -c 200000 /dev/urandom; exit 4`,
  },
  hangs: { first: 'sleep 86400' },
  'service-dies': { settings: { lifetime: '0.3' } },
  'wrong-version': { settings: { reported_suffix: '-dev' } },
};

/**
 * The security agent's installer as SOC would upload it: installs `/opt/security-agent/bin/security-agent` and starts the
 * unit `security-agent.service`. `<agent> --version` prints the version.
 */
export function makeInstaller(options: { version: string; variant?: InstallerVariant }): string {
  if (!/^[0-9]+\.[0-9]+\.[0-9]+$/.test(options.version))
    throw new RangeError(`version: x.x.x is needed, not ${JSON.stringify(options.version)}`);
  const { first, settings } = faults[options.variant ?? 'good'];
  const values = { version: options.version, reported_suffix: '', lifetime: 'infinity', ...settings };
  const assignments = Object.entries(values).map(([name, value]) => `readonly ${name}='${value}'`);
  return ['#!/bin/bash', ...assignments, ...(first ? [first] : []), template].join('\n');
}
