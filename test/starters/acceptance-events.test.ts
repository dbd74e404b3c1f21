import assert from 'node:assert/strict';
import { tellAcceptances } from '../../starters/webhooks/jira/acceptances.ts';
import { sound } from '../config/halo-config.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { createTemporalDouble } from './temporal-double.ts';

const asker = 'finding-acceptance:halo:0123456789abcdef';
const body = (key: string, webhookEvent = 'comment_created') => ({ webhookEvent, issue: { id: '7', key } });

describe('a comment on a finding’s ticket', () => {
  const config = configOf(exampleWith(sound));
  const tell = async (said: unknown, running: readonly string[] = [asker]) => {
    const temporal = createTemporalDouble();
    temporal.found = [asker];
    for (const id of running) temporal.running.add(id);
    const handled = await tellAcceptances(said, 'd1', { temporal, config });
    return [
      handled?.result,
      temporal.signalled.map(({ workflowId, signal }) => `${workflowId} ${signal.name}`),
    ];
  };
  const told = [`${asker} ticketChanged`];
  for (const [what, said, expected] of [
    ['is told to whatever asks there', body('SEC-7'), ['signalled', told]],
    ['of a route’s project too', body('VULN-7', 'comment_updated'), ['signalled', told]],
    ['of another project is not ours', body('OPS-7'), [undefined, []]],
    ['of a project that begins alike', body('SECX-7'), [undefined, []]],
    ['is no update', body('SEC-7', 'jira:issue_updated'), [undefined, []]],
    ['is no junk', 'x', [undefined, []]],
  ] as const)
    it(what, async () => assert.deepEqual(await tell(said), expected));

  it('may come too late', async () => assert.deepEqual(await tell(body('SEC-7'), []), ['not-running', told]));
});
