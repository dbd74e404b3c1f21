import { startApprovalWorld, policy } from '/work/main/test/support/approval-world.ts';
const world = await startApprovalWorld();
const log = (...a: unknown[]) => console.log(new Date().toISOString(), ...a);
const run = await world.start({ policy: { ...policy, reminders: [{afterMinutes:10,to:'thread'}], expiresAfterMinutes: 100 * 24 * 60 } });
for (let i = 0; i < 2; i++) {
  log('sleep'); await world.sleep('30d'); log('slept', new Date(await world.env.currentTimeMs()).toISOString());
  await world.stopWorker(); log('stopped'); await world.startWorker(); log('started');
}
const timer = setTimeout(async () => { const { events } = await run.handle.fetchHistory(); for (const e of events ?? []) console.log(String(e.eventId), e.eventType, Object.keys(e).find(k=>k.endsWith('Attributes') && e[k])); process.exit(0) }, 15000);
log((await run.view()).state);
const c = await run.say(); log('said');
log(await run.answerTo(c));
log((await run.result()).settlements[0]?.outcome);
clearTimeout(timer);
await world.stop();
