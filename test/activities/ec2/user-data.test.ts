import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { quoteForShell, toUserData, type InstallerCheck } from '../../../activities/ec2/user-data.ts';

const check: InstallerCheck = {
  installerUrl:
    'https://bucket.s3.us-east-1.amazonaws.com/agent/v1.2.3/agent-installer.sh?X-Amz-Signature=a&b=c',
  resultUrl: 'https://bucket.s3.us-east-1.amazonaws.com/results/one.json?X-Amz-Signature=d',
  sha256: 'a'.repeat(64),
  expectedVersion: '1.2.3',
  serviceName: 'security-agent.service',
  versionCommand: '/opt/security-agent/bin/security-agent --version',
  nonce: 'nonce-1',
  run: 'promotion/LK-1/1',
  deadlineSeconds: 600,
};

const hostile = [
  `it's`,
  `'; touch /tmp/owned; '`,
  '$(touch /tmp/owned)',
  '`touch /tmp/owned`',
  '"; reboot #',
  '\\',
  `\\'`,
  'two\nlines',
  '${IFS}$$!!',
  '<<E',
  'ü\u2028\u0007',
  '%s%n',
  '-n',
];

/** The settings as bash reads them: the script up to its body, then one setting printed. */
function readBack(script: string, name: string): string {
  const settings = script.slice(0, script.indexOf('# The body'));
  return execFileSync('bash', ['-c', `${settings}\nprintf '%s' "$${name}"`], { encoding: 'utf8' });
}

describe('toUserData', () => {
  it('is a bash script that EC2 takes', () => {
    const script = toUserData(check);
    assert.ok(script.startsWith('#!/bin/bash\nset -Eeuo pipefail\n'));
    assert.equal(spawnSync('bash', ['-n'], { input: script }).status, 0);
    assert.ok(Buffer.byteLength(script) < 8_192);
  });

  it('is the same text for the same check', () => {
    assert.equal(toUserData(check), toUserData({ ...check }));
  });

  it('hands every setting to the script as it is', () => {
    const script = toUserData(check);
    assert.equal(readBack(script, 'installer_url'), check.installerUrl);
    assert.equal(readBack(script, 'result_url'), check.resultUrl);
    assert.equal(readBack(script, 'installer_sha256'), check.sha256);
    assert.equal(readBack(script, 'service_name'), check.serviceName);
    assert.equal(readBack(script, 'deadline_seconds'), '600');
    assert.equal(readBack(script, 'settle_seconds'), '1');
  });

  for (const value of hostile)
    it(`keeps ${JSON.stringify(value)} as data`, () => {
      const script = toUserData({ ...check, versionCommand: value, run: value, nonce: value });
      assert.equal(readBack(script, 'version_command'), value);
      const identity = JSON.parse(`{${readBack(script, 'identity')}}`) as object;
      assert.deepEqual(identity, { run: value, nonce: value, expectedVersion: '1.2.3' });
    });

  const refused: [Partial<InstallerCheck>, RegExp][] = [
    [{ installerUrl: 'file:///etc/passwd' }, /^RangeError: installerUrl: an http\(s\) URL is needed$/],
    [{ resultUrl: 'https://a/b\nX: y' }, /^RangeError: resultUrl/],
    [{ sha256: 'A'.repeat(64) }, /^RangeError: sha256: 64 lower-case/],
    [{ sha256: `${'a'.repeat(64)}\n` }, /^RangeError: sha256/],
    [{ expectedVersion: '' }, /^RangeError: expectedVersion/],
    [{ expectedVersion: '1.2.3\n' }, /^RangeError: expectedVersion/],
    [{ serviceName: '--root=/' }, /^RangeError: serviceName: a systemd unit name/],
    [{ serviceName: 'a b' }, /^RangeError: serviceName/],
    [{ versionCommand: ' ' }, /^RangeError: versionCommand: a shell command/],
    [{ versionCommand: 'a\0b' }, /^RangeError: versionCommand/],
    [{ nonce: 'a'.repeat(16_384) }, /^RangeError: user data has \d+ bytes, EC2 takes 16384$/],
    [{ deadlineSeconds: 0 }, /^RangeError: deadlineSeconds: whole seconds, 1 to 86400/],
    [{ deadlineSeconds: 1.5 }, /^RangeError: deadlineSeconds/],
    [{ settleSeconds: -1 }, /^RangeError: settleSeconds/],
  ];
  for (const [change, message] of refused)
    it(`refuses ${JSON.stringify(change).slice(0, 60)}`, () => {
      assert.throws(
        () => toUserData({ ...check, ...change }),
        (error) => message.test(String(error)),
      );
    });
});

describe('quoteForShell', () => {
  for (const value of ['', ...hostile])
    it(`makes one word of ${JSON.stringify(value)}`, () => {
      const output = execFileSync('bash', ['-c', `set -- ${quoteForShell(value)}; printf '%s|%s' $# "$1"`]);
      assert.equal(output.toString(), `1|${value}`);
    });

  it('refuses a NUL', () => {
    assert.throws(() => quoteForShell('a\0b'), RangeError);
  });
});
