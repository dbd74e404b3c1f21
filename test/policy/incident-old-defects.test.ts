import assert from 'node:assert/strict';
import { planSync } from '../../workflows/incident-sync/plan.ts';
import { stepName } from '../../workflows/incident-sync/steps.ts';
import type { IncidentState } from '../../workflows/incident-sync/messages.ts';
import { withoutParked, withParked } from '../../workflows/incident-sync/view.ts';
import { isSeen, remember } from '../../workflows/sweeps/seen.ts';
import { comment, createPair } from './incident-sync/pair.ts';

const nowMs = Date.parse('2026-11-23T12:00:00Z');
const window = { fromMs: nowMs - 600_000, nowMs };

/** Those that are a matter of a plan alone stand in test/policy/incident-sync/defects.test.ts. */
describe('the old sample’s defects do not come back: plans', () => {
  it('B2, B3: no plan of two sides makes a case or an issue', () => {
    const pair = createPair({ case: { comments: [comment('1')], fields: { title: 'x', description: 'y' } } });
    const kinds = planSync(pair).steps.map(({ kind }) => kind);
    assert.ok(kinds.length > 1);
    for (const kind of kinds)
      assert.match(kind, /^(?:fields|issue-status|case-status|comment|attachment|watchers|note)$/);
  });

  it('B14, B17: a step that is parked is planned again at every look, and the others beside it', () => {
    const pair = createPair({
      case: { comments: [comment('1')], fields: { title: 'new', description: 'd' } },
    });
    const names = () => planSync(pair).steps.map(stepName);
    assert.deepEqual(names(), ['fields-to-issue', 'comment-create-case-1']);
    assert.deepEqual(names(), names());
  });

  it('B17: what is parked stands alone, counted, since its first failure, and ends when it is done', () => {
    const empty = { parked: [] } as unknown as IncidentState;
    const first = withParked(empty, 'fields-to-issue', 'InvalidInput: no', '2026-11-23T10:00:00Z');
    const both = withParked(first, 'watchers-to-case', 'Conflict: no', '2026-11-23T11:00:00Z');
    const again = withParked(both, 'fields-to-issue', 'InvalidInput: still no', '2026-11-23T12:00:00Z');
    assert.deepEqual(
      again.parked.map(({ name, since, tries }) => [name, since, tries]),
      [
        ['watchers-to-case', '2026-11-23T11:00:00Z', 1],
        ['fields-to-issue', '2026-11-23T10:00:00Z', 2],
      ],
    );
    assert.deepEqual(
      withoutParked(again, 'fields-to-issue').parked.map(({ name }) => name),
      ['watchers-to-case'],
    );
  });

  it('B16: a change of which a pass did not tell is told by the next', () => {
    const told = remember([['1', nowMs - 300_000]], window);
    assert.ok(isSeen(told, ['1', nowMs - 300_000]));
    assert.ok(!isSeen(told, ['2', nowMs - 300_000]));
    assert.ok(!isSeen(undefined, ['1', nowMs - 300_000]));
  });

  it('B22: a change of which a pass has told costs the next one no look', () => {
    const rows = Array.from({ length: 500 }, (_, index) => [String(index), nowMs - 300_000] as const);
    const told = remember(rows, window);
    assert.equal(rows.filter((row) => !isSeen(told, row)).length, 0);
  });
});
