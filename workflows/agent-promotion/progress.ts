import { createProgress } from '../shared/run-progress.ts';

export const stepNames = {
  version: 'Check Agent-Version',
  turn: 'Wait for the turn',
  fetch: 'Pin the installer in the SOC bucket',
  testCopy: 'Copy it to the test bucket',
  pipeline: 'Verify it in the GitLab pipeline',
  instance: 'Install and check it on a test instance',
  approve: 'Approval by people',
  publish: 'Publish to every production account',
  report: 'Report on the ticket',
} as const;

export const createPromotionProgress = () => createProgress('agent-promotion', stepNames);
