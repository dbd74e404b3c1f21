import assert from 'node:assert/strict';
import path from 'node:path';
import { runInside, skipWithoutIsolation } from './isolated-run.ts';

const source = path.resolve(import.meta.dirname, '../../../sandbox/aws/instance');
const env = { PATH: '/lab/instance/bin:/usr/bin:/usr/sbin' };
const mounts = [{ source, target: '/lab/instance' }];

/** Runs a script where systemctl is the sandbox's and a unit `agent` is installed. */
async function withUnit(execStart: string, script: string): Promise<string> {
  const install = `mkdir -p /run/units
printf '[Unit]\\nDescription=An agent\\n[Service]\\nExecStart=%s\\n' '${execStart}' >/etc/systemd/system/agent.service\n`;
  const { output } = await runInside(install + script, { env, mounts });
  return output;
}

describe("the sandbox's systemctl", function () {
  this.timeout(10_000);
  before(skipWithoutIsolation);

  it('really starts a unit', async () => {
    const script = 'systemctl daemon-reload; systemctl enable agent; systemctl is-active agent; echo $?\n';
    const start =
      'systemctl enable --now agent.service; systemctl is-active agent; cat /proc/$(cat /run/units/agent.pid)/cmdline | tr "\\0" " "';
    assert.equal(
      await withUnit('/usr/bin/sleep 1000', script + start),
      'inactive\n3\nactive\n/usr/bin/sleep 1000',
    );
  });

  it('stops a unit with all its processes', async () => {
    const script = 'systemctl start agent; systemctl stop agent; systemctl is-active agent; pgrep -c sleep';
    assert.equal(await withUnit('/usr/bin/sleep 1000 & sleep 1000', script), 'inactive\n0');
  });

  it('starts another process on restart', async () => {
    const pid = 'cat /run/units/agent.pid';
    const script = `systemctl start agent; a=$(${pid}); systemctl restart agent; [ $a != $(${pid}) ] && systemctl is-active agent`;
    assert.equal(await withUnit('/usr/bin/sleep 1000', script), 'active');
  });

  it('knows a unit that ended by itself with an error', async () => {
    const wait = 'until [ -e /run/units/agent.status ]; do sleep 0.01; done';
    const script = `systemctl start agent; ${wait}; systemctl is-active agent; echo $?; systemctl status agent`;
    const status = 'agent.service - An agent\n     Active: failed\nno licence';
    assert.equal(await withUnit('/bin/sh -c "echo no licence; exit 3"', script), `failed\n3\n${status}`);
  });

  it('names a unit that does not exist', async () => {
    const output = await withUnit('/bin/true', 'systemctl start nobody; echo $?');
    assert.equal(output, 'Failed to start nobody.service: Unit nobody.service not found.\n5');
  });

  it('says which commands it does not know', async () => {
    const output = await withUnit('/bin/true', 'systemctl mask agent; echo $?');
    assert.equal(output, "systemctl: the sandbox does not know 'mask'\n1");
  });
});
