import assert from 'node:assert/strict';
import { toChecklist, type ProgressReport } from '../../workflows/shared/progress.ts';

const report: ProgressReport = {
  process: 'agent-promotion',
  phase: 'fetch',
  ticket: 'DEVOPS-1',
  target: 'agent 1.4.2',
  waitingOn: '',
  dueBy: null,
  steps: [],
  ignored: 0,
};
const step = (state: ProgressReport['steps'][number]['state'], note = '') => ({ name: 'Step', state, note });

describe('toChecklist', () => {
  for (const [state, mark] of [
    ['open', '☐'],
    ['running', '▶'],
    ['done', '☑'],
    ['failed', '✗'],
    ['skipped', '–'],
  ] as const)
    it(`marks a step that is ${state}`, () =>
      assert.equal(toChecklist({ ...report, steps: [step(state)] }), `- ${mark} Step\n`));

  it('keeps the order and says what it waits for and until when', () => {
    const text = toChecklist({
      ...report,
      waitingOn: 'turn:3',
      dueBy: '2026-11-22T12:00:00.000Z',
      steps: [step('done', '1.4.2'), step('running')],
    });
    assert.equal(
      text,
      '**Waits for** `turn:3`\n\n- ☑ Step `1.4.2`\n- ▶ Step\n\nDue by 2026-11-22T12:00:00.000Z\n',
    );
  });

  for (const [what, note] of Object.entries({
    backticks: '`](http://evil) `` ```',
    'line breaks': '\n- [x] forged step\r\n# head',
    markup: '<script>alert(1)</script> **bold** [link](javascript:x)',
  }))
    it(`keeps ${what} inside one code span`, () => {
      const lines = toChecklist({ ...report, steps: [step('failed', note)] })
        .trim()
        .split('\n');
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', /^- ✗ Step `[^`\r\n]+`$/);
    });

  it('makes the code it waits for inert too, and bounds every text', () => {
    const long = toChecklist({
      ...report,
      waitingOn: '`\n'.repeat(500),
      steps: [step('done', 'x'.repeat(9999))],
    });
    assert.equal(long.split('`').length, 5);
    assert.ok(long.length < 500, `${long.length} characters`);
  });
});
