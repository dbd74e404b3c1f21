import { readFileSync } from 'node:fs';

/** What one test instance has to check; the URLs are presigned and leave the activity in no other form. */
export interface InstallerCheck {
  /** Presigned GET of the pinned object version. */
  readonly installerUrl: string;
  /** Presigned PUT whose signature covers `content-type: application/json` and `if-none-match: *`. */
  readonly resultUrl: string;
  /** 64 hexadecimal digits, lower case. */
  readonly sha256: string;
  readonly expectedVersion: string;
  /** A systemd unit, with or without `.service`. */
  readonly serviceName: string;
  /** Run by bash; its standard output has to be the version and nothing else. */
  readonly versionCommand: string;
  /** Unguessable, made by the workflow: ties the result to this launch. */
  readonly nonce: string;
  readonly run: string;
  /** Seconds from the first line until the instance gives up and reports that. */
  readonly deadlineSeconds: number;
  /** Seconds the service has to stay active; default 1. */
  readonly settleSeconds?: number;
}

/** EC2's limit on user data before base64. */
const maxUserDataBytes = 16_384;
const body = readFileSync(new URL('./user-data.sh', import.meta.url), 'utf8');

/**
 * The script a test instance runs at boot (P-44…P-48): download, checksum, install, service, version. It writes one JSON
 * object of at most 64 KB to `resultUrl` and switches the machine off:
 * `{run, nonce, expectedVersion, instanceId, account, status: 'passed'|'failed',
 * step: 'download'|'checksum'|'install'|'service'|'version', detailBase64, reportedVersionBase64}`.
 * Every value is quoted as data. Throws RangeError naming the field that cannot be used.
 */
export function toUserData(check: InstallerCheck): string {
  requireUsable(check);
  const { run, nonce, expectedVersion } = check;
  const settings: Record<string, string> = {
    installer_url: check.installerUrl,
    result_url: check.resultUrl,
    installer_sha256: check.sha256,
    expected_version: expectedVersion,
    service_name: check.serviceName,
    version_command: check.versionCommand,
    deadline_seconds: String(check.deadlineSeconds),
    settle_seconds: String(check.settleSeconds ?? 1),
    identity: JSON.stringify({ run, nonce, expectedVersion }).slice(1, -1),
  };
  const assignments = Object.entries(settings).map(
    ([name, value]) => `readonly ${name}=${quoteForShell(value)}`,
  );
  const script = ['#!/bin/bash', 'set -Eeuo pipefail', ...assignments, body].join('\n');
  const size = Buffer.byteLength(script);
  if (size > maxUserDataBytes)
    throw new RangeError(`user data has ${size} bytes, EC2 takes ${maxUserDataBytes}`);
  return script;
}

/** One word of a POSIX shell, whatever the value holds. */
export function quoteForShell(value: string): string {
  if (value.includes('\0')) throw new RangeError('a NUL character cannot be passed to a shell');
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** Control characters; a line end in a URL, say, would end a header. */
const unprintable = /[^\x20-\x7e]/;

const rules: readonly [keyof InstallerCheck, (value: string | number) => boolean, string][] = [
  ['installerUrl', isWebAddress, 'an http(s) URL'],
  ['resultUrl', isWebAddress, 'an http(s) URL'],
  ['sha256', (value) => /^[0-9a-f]{64}$/.test(String(value)), '64 lower-case hexadecimal digits'],
  ['expectedVersion', (value) => value !== '' && !unprintable.test(String(value)), 'printable ASCII'],
  [
    'serviceName',
    (value) => /^[A-Za-z0-9_][A-Za-z0-9:_.@-]{0,254}$/.test(String(value)),
    'a systemd unit name',
  ],
  [
    'versionCommand',
    (value) => String(value).trim() !== '' && !String(value).includes('\0'),
    'a shell command',
  ],
  [
    'deadlineSeconds',
    (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 86_400,
    'whole seconds, 1 to 86400',
  ],
  [
    'settleSeconds',
    (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 600,
    'whole seconds, 0 to 600',
  ],
];

function isWebAddress(value: string | number): boolean {
  return /^https?:\/\/\S+$/.test(String(value)) && !unprintable.test(String(value));
}

function requireUsable(check: InstallerCheck) {
  for (const [field, isUsable, wanted] of rules) {
    const value = check[field];
    if (value !== undefined && !isUsable(value)) throw new RangeError(`${field}: ${wanted} is needed`);
  }
}
