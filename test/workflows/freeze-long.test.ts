import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { waveState } from '../../workflows/freeze/messages.ts';
import { someRun, startFreeze, type FreezeWorld } from '../support/freeze-world.ts';
import { startRealServer, type RealServerWorld } from '../support/real-server.ts';

// The time-skipping server never answers an update that meets a continue-as-new: this needs the real one.
describe('freeze over many runs', function () {
  this.timeout(60_000);
  let temporal: RealServerWorld;
  let world: FreezeWorld;

  before(async () => void (temporal = await startRealServer()));
  after(() => temporal.stop());
  afterEach(async () => {
    const { workflowId, runId } = await world.handle.describe();
    temporal.track(temporal.client.workflow.getHandle(workflowId, runId));
    await world.stop();
  });

  const key = (wave: string) => ({ workflowId: 'agent-promotion:main:1', runId: someRun, wave });

  /** Asks for waves until a new run answers. */
  async function askUntilNewRun(): Promise<number> {
    const { runId } = await world.handle.describe();
    for (let asked = 1; ; asked += 1) {
      await world.openWave(`wave-${asked}`);
      if ((await world.handle.describe()).runId !== runId) return asked;
    }
  }

  it('remembers which waves began', async () => {
    world = await startFreeze(temporal, { maxHistoryLength: 40 });
    const asked = await askUntilNewRun();
    for (let wave = 1; wave <= asked; wave += 1)
      assert.ok(await world.handle.query(waveState, key(`wave-${wave}`)), `wave-${wave}`);
  });

  it('keeps its holds, and asks in the new run how to lift them', async () => {
    world = await startFreeze(temporal, { maxHistoryLength: 20 });
    await world.hold({ requestId: 'h1' });
    const before = await world.openRequest();
    await askUntilNewRun();
    const after = await world.openRequest();
    assert.notEqual(after.requestId, before.requestId);
    assert.notEqual(after.evidence.subject.runId, before.evidence.subject.runId);
    assert.equal((await world.openWave('another')).open, false);
    assert.equal((await world.say(before)).state, 'refused');
    await world.say(after);
    await world.lifted();
    assert.equal((await world.openWave('another')).open, true);
  });

  it('continues as new late while something is held, since it would have to ask again', async () => {
    world = await startFreeze(temporal, { maxHistoryLength: 60 });
    await world.hold();
    const { runId } = await world.handle.describe();
    for (let asked = 1; asked < 15; asked += 1) await world.openWave(`wave-${asked}`);
    await pause(50);
    const { runId: now, historyLength } = await world.handle.describe();
    assert.equal(now, runId);
    assert.ok(historyLength > 60, `${historyLength} events`);
  });
});
