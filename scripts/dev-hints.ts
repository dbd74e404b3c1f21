import type { Endpoints } from '../sandbox/stack/endpoints.ts';

/** What one can try with changes while the stack is up, each line as it is typed. */
export function printChangeHints({ console: base, control, ui }: Endpoints): void {
  const query = encodeURIComponent('WorkflowType = "changeApproval"');
  const run = 'npm run lockkeeper --';
  const lines = [
    'Try changes: builds of shop/web, tickets of PRODCM; production, infrastructure and canary are controlled, staging is not',
    '  npm run demo -- --process change      in another terminal: reviewed builds, a risky plan, a mismatch, an inspection',
    `  ${base}/?token=${control}   Tickets, Slack and merge requests; choose who you are`,
    `  ${ui}/namespaces/default/workflows?query=${query}`,
    `  ${run} plan-risk samples/change/plans/risky.json                exit code 20; of safe.json 0`,
    `  ${run} explain PRODCM-1                                         also status, watch, approve, evidence`,
    `  ${run} gate request --project shop/web --environment production --build-job build \\`,
    '      --build PIPELINE --branch main --sha COMMIT --rollback-plan TEXT   both as the console shows them; then gate wait',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
