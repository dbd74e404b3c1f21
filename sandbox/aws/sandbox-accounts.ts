/** The AWS accounts of the sandbox. `test` is also the DevOps account: it holds Runner-Role and the test bucket. */
export const sandboxAccounts = {
  soc: { id: '111111111111', bucket: 'soc-agent-installers', purpose: 'soc' },
  test: { id: '222222222222', bucket: 'devops-agent-test', purpose: 'test' },
  'prod-a': { id: '333333333333', bucket: 'prod-a-agent-installers', purpose: 'production' },
  'prod-b': { id: '444444444444', bucket: 'prod-b-agent-installers', purpose: 'production' },
  'prod-c': { id: '555555555555', bucket: 'prod-c-agent-installers', purpose: 'production' },
} as const;

export type AccountName = keyof typeof sandboxAccounts;
export type ProductionAccountName = 'prod-a' | 'prod-b' | 'prod-c';

export const accountNames = Object.keys(sandboxAccounts) as AccountName[];
export const productionAccountNames = accountNames.filter(
  (name): name is ProductionAccountName => sandboxAccounts[name].purpose === 'production',
);

export const sandboxRegion = 'us-east-1';
