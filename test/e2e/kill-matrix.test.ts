import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { waitUntil } from '../../scripts/wait-until.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';
import { toKillPoints, type KillPoint } from '../support/kill-points.ts';

const production = ['prod-a', 'prod-b', 'prod-c'] as const;
const vendorNames = ['jira', 'gitlab', 'slack', 'aws'] as const;
const goodRuns = 3;

/**
 * The worker is SIGKILLed right after each kind of outside call was applied; every promotion must end as if nothing had happened.
 * Without findings: what a worker asks Jira about them at its start would be held like a promotion's own calls.
 */
describe('e2e: kill matrix', function () {
  this.timeout(570_000);
  let e2e: E2e;
  const unreached: string[] = [];
  let kills = 0;

  before(
    async () =>
      void (e2e = await startE2e({ halo: 'off', policy: { heartbeatSeconds: 1, pipelinePollSeconds: 1 } })),
  );
  after(() => e2e.stop());

  async function readLog() {
    const [jira, gitlab, slack, aws] = await Promise.all(
      (['jira', 'gitlab', 'slack', 'aws'] as const).map((vendor) => e2e.control[vendor].requests()),
    );
    return { jira: jira ?? [], gitlab: gitlab ?? [], slack: slack ?? [], aws: aws ?? [] };
  }

  /** With the worker down: a fresh one makes the calls again whose answers the old one kept. */
  async function fileForKills(version: string, variant: 'good' | 'wrong-version') {
    await e2e.stack.worker.kill();
    const ticket = await file(version, variant);
    await waitUntil(`the run of ${ticket.key}`, 10_000, () =>
      e2e
        .workflow(ticket.id)
        .describe()
        .catch(() => undefined),
    );
    return ticket;
  }

  async function file(version: string, variant: 'good' | 'wrong-version') {
    await e2e.aws.uploadInstaller(version, variant);
    return e2e.sam.fileRequest(version);
  }

  const addHold = ({ vendor, match }: KillPoint) =>
    e2e.control[vendor].addFault({ match, mode: 'hold', when: 'after' });

  /** @returns the hold that the worker runs into first, undefined when the run ended without meeting any */
  async function meet(
    held: ReadonlyMap<string, KillPoint>,
    isOver: () => Promise<boolean>,
  ): Promise<KillPoint | undefined> {
    const met = await waitUntil(`one of ${held.size} holds`, 60_000, async () => {
      // asked first: the held call itself may be what the end is told by
      const over = await isOver();
      for (const vendor of vendorNames)
        for (const fault of await e2e.control[vendor].faults())
          if (fault.waiting > 0) return held.get(fault.id);
      return over ? ('over' as const) : undefined;
    });
    return met === 'over' ? undefined : met;
  }

  /** A held call is gone for good when its connection is: only then may its hold be lifted. */
  async function kill({ vendor }: KillPoint) {
    await e2e.stack.worker.kill();
    kills += 1;
    await waitUntil('the dead connection', 10_000, async () =>
      (await e2e.control[vendor].faults()).every((fault) => fault.waiting === 0) ? true : undefined,
    );
  }

  /** All holds are in place before the worker comes back; one that a retry has no need to meet again keeps nobody. */
  async function killThrough(
    ticket: { id: string; key: string },
    points: readonly KillPoint[],
    withNotice: boolean,
  ) {
    const isOver = async () => {
      const { status } = await e2e.workflow(ticket.id).describe();
      return status.name !== 'RUNNING' && (!withNotice || (await e2e.slackMessages()).length >= 4);
    };
    // applied, and its answer lost with the worker; what was not applied leaves nothing behind that a retry could repeat
    let left = [...points];
    while (left.length > 0) {
      const held = new Map<string, KillPoint>();
      for (const hold of left) held.set((await addHold(hold)).id, hold);
      await e2e.stack.worker.start();
      const met = await meet(held, isOver);
      if (met) await kill(met);
      for (const vendor of vendorNames) await e2e.control[vendor].clearFaults();
      if (!met) break;
      left = left.filter((hold) => hold !== met);
    }
    unreached.push(...left.map(({ label }) => label));
    if (e2e.stack.worker.pid === undefined) await e2e.stack.worker.start();
  }

  async function checkGood(ticket: { id: string; key: string }, version: string) {
    const issue = await e2e.untilEnded(ticket, 90_000);
    assert.equal(issue.status, 'Done', issue.comments.map(({ text }) => text).join('\n'));
    const texts = issue.comments
      .map(({ text }) => text)
      .filter((text) => !text.includes('waits for its turn'));
    assert.deepEqual([texts.length, new Set(texts).size], [4, 4], texts.join('\n'));
    for (const account of production) {
      const history = (await e2e.aws.readManifest(account))?.history ?? [];
      assert.equal(history.filter((entry) => entry.version === version).length, 1, `${account} ${version}`);
    }
    return issue;
  }

  it('learns the outside calls, then survives a kill at each of them', async () => {
    const started = Date.now();
    await checkGood(await file('1.0.0', 'good'), '1.0.0').catch((error: unknown) =>
      assert.fail(error as Error),
    );
    const good = toKillPoints(await readLog());
    const failing = await file('1.0.1', 'wrong-version');
    await e2e.untilEnded(failing);
    await waitUntil('the notices', 20_000, async () => (await e2e.slackMessages()).length === 2 || undefined);
    const known = new Set(good.map(({ label }) => label));
    const onlyFailing = toKillPoints(await readLog()).filter(({ label }) => !known.has(label));
    assert.ok(good.length >= 25 && onlyFailing.length >= 4, `${good.length} + ${onlyFailing.length} points`);

    for (let run = 0; run < goodRuns; run += 1) {
      const version = `2.${run}.0`;
      const ticket = await fileForKills(version, 'good');
      await killThrough(
        ticket,
        good.filter((_, index) => index % goodRuns === run),
        false,
      );
      await checkGood(ticket, version);
    }
    const last = await fileForKills('3.0.0', 'wrong-version');
    await killThrough(last, onlyFailing, true);
    const issue = await e2e.untilEnded(last, 90_000);
    assert.equal(issue.status, 'Failed');
    assert.equal(issue.comments.filter(({ text }) => text.startsWith('Promotion failed')).length, 1);

    await waitUntil(
      'the last notices',
      60_000,
      async () => (await e2e.slackMessages()).length >= 4 || undefined,
    );
    assert.equal((await e2e.slackMessages()).length, 4, 'no second message');
    await checkOnePerRun();
    // an instance that has ended by itself while the worker was down needs no TerminateInstances
    assert.deepEqual(
      unreached.filter((label) => !label.includes('TerminateInstances')),
      [],
    );
    console.log(
      `      ${kills} kills at ${good.length + onlyFailing.length} points in ${Math.round((Date.now() - started) / 1000)} s`,
    );
  });

  /** One pipeline and one instance per promotion that came so far: 2 learned, 3 good, 1 failing. */
  async function checkOnePerRun() {
    const pipelines = await e2e.control.gitlab.requests();
    const made = pipelines.filter(
      (call) => call.method === 'POST' && call.path.endsWith('/pipeline') && call.status === 201,
    );
    const keys = made.map(
      (call) => JSON.stringify(call.body).match(/LOCKKEEPER_RUN","value":"([^"]+)"/)?.[1],
    );
    assert.equal(new Set(keys).size, keys.length, 'no second pipeline');
    // the emulator forgets ended instances; each one that ever booted left its console
    const consoles = await readdir(e2e.stack.vendors.aws.consoleDir);
    assert.deepEqual([(await e2e.aws.instances()).live.length, consoles.length], [0, goodRuns + 3]);
  }
});
