import { createProgress } from '../shared/run-progress.ts';

const stepNames = {
  ticket: 'Change ticket with all required data',
  analyse: 'Commits, scans and conditions',
  approve: 'Approval of this build',
  plan: 'Approval of a risky Terraform plan',
  begin: 'Compare the build with what was approved',
  deploy: 'Deploy',
  report: 'Resolve and close the ticket',
} as const;

export const createChangeProgress = () => createProgress('change-approval', stepNames);
