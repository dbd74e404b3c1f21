import assert from 'node:assert/strict';
import { schedulesOf } from '../../starters/schedules.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { fullAudit, sound } from '../config/secret-config.ts';

const schedulesWith = (own: object) => {
  const audit = { ...fullAudit, ...own };
  const config = configOf(exampleWith({ ...sound, 'processes.secrets': audit }));
  return schedulesOf(config).filter(({ scheduleId }) => scheduleId.startsWith('secret-'));
};

describe('the schedules of secrets', () => {
  it('compare each account that names a role, in each region', () => {
    const accounts = [...fullAudit.accounts, { id: '444444444444' }];
    const ids = schedulesWith({ accounts }).map(({ scheduleId }) => scheduleId);
    assert.deepEqual(ids, [
      'secret-sweep:111111111111:us-east-1',
      'secret-sweep:111111111111:eu-central-1',
      'secret-sweep:333333333333:us-east-1',
      'secret-sweep:333333333333:eu-central-1',
    ]);
  });

  it('say how often, and where a gap is reported', () => {
    const [first] = schedulesWith({ sweepMinutes: 20 });
    assert.deepEqual(first?.spec, { intervals: [{ every: '20 minutes' }] });
    const place = { account: '111111111111', region: 'us-east-1' };
    const order = { site: 'main', project: 'SECCHG', issueType: 'Finding', channels: ['soc'] };
    assert.deepEqual(first.action.args, [{ ...place, ...order }]);
  });

  it('export each night the days of grace, where an export is configured', () => {
    const last = schedulesWith({ export: { bucket: 'soc-secret-audit' }, graceDays: 10 }).at(-1);
    assert.deepEqual([last?.scheduleId, last?.action.args], ['secret-export', [{ days: 11 }]]);
    assert.deepEqual(last?.spec, { calendars: [{ hour: 1, minute: 30 }] });
  });

  it('are none without the process', () => {
    const config = configOf(exampleWith({ ...sound, 'processes.secrets': undefined }));
    assert.deepEqual(
      schedulesOf(config).filter(({ scheduleId }) => scheduleId.startsWith('secret-')),
      [],
    );
  });
});
