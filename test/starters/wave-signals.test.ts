import assert from 'node:assert/strict';
import { CliError } from '../../starters/cli/cli-error.ts';
import { sendSignals } from '../../starters/cli/wave-signals.ts';
import { createSessionDouble } from './session-double.ts';

const id = 'agent-promotion:main:10077';
const sent = {
  signals: [
    { name: 'resumeWaves', payload: {} },
    { name: 'resume', payload: {} },
  ],
  done: 'told',
};

describe('lockkeeper pause, resume, skip', () => {
  it('tell the promotion of a ticket', async () => {
    const double = createSessionDouble({ workflows: { [id]: {} }, listed: [{ workflowId: id }] });
    assert.equal(await sendSignals(double.session, 'DEVOPS-77', sent), 0);
    assert.deepEqual(double.signalled, [
      { workflowId: id, name: 'resumeWaves', payload: {} },
      { workflowId: id, name: 'resume', payload: {} },
    ]);
    assert.equal(double.printed.join(''), `${id}: told\n`);
  });

  it('end with 3 when it does not run', () =>
    assert.rejects(
      sendSignals(createSessionDouble().session, id, sent),
      (error) => error instanceof CliError && error.exitCode === 3 && /explain/.test(error.fix ?? ''),
    ));
});
