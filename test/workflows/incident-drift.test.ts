import assert from 'node:assert/strict';
import { workflowTypes } from '../../workflows/shared/names.ts';
import { startPass } from '../support/incident-passes.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

const connection = 'aws-main';
const first = '1000000001';
const second = '1000000002';

describe('incidentDrift', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  it('has every linked case look, page by page, and lists what differed', async () => {
    const asked: string[] = [];
    const { handle, sides } = await startPass(
      temporal,
      workflowTypes.incidentDrift,
      { connection },
      {
        calls: {
          listIncidents: async ({ cursor }) =>
            cursor === null ? { caseIds: [first], cursor: 'next' } : { caseIds: [second], cursor: null },
          async readDrift({ caseIds, deliveryId }) {
            asked.push(...caseIds);
            assert.match(deliveryId, /^drift:/);
            // the first one is slow
            const looked = asked.length === 1 ? [] : caseIds;
            const differs = looked.includes(first) ? ['title', 'comments'] : [];
            return {
              looked,
              differences: differs.length > 0 ? [{ caseId: first, issueKey: 'INC-1', differs }] : [],
            };
          },
        },
      },
    );
    assert.deepEqual(await handle.result(), {
      ...{ compared: 2, silent: 0 },
      differences: [{ caseId: first, issueKey: 'INC-1', differs: ['title', 'comments'] }],
    });
    assert.deepEqual(asked, [first, first, second]);
    assert.deepEqual(sides.told, [`cases ${first} drift`, `cases ${second} drift`]);
  });

  it('names those that did not look in time', async () => {
    const { handle } = await startPass(
      temporal,
      workflowTypes.incidentDrift,
      { connection },
      {
        calls: { listIncidents: async () => ({ caseIds: [first, second], cursor: null }) },
      },
    );
    assert.deepEqual(await handle.result(), { compared: 0, silent: 2, differences: [] });
  });
});
