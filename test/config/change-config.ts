import { sound as decisions } from './decisions-config.ts';

/** A configuration with the change process, by paths of the shipped example. */
export const change = {
  site: 'main',
  project: 'PRODCM',
  issueType: 'Change Request',
  environments: { production: 'standard', infrastructure: 'infrastructure' },
  policies: {
    standard: {
      version: 1,
      approval: 'change',
      planApproval: 'plan',
      autoApprove: true,
      scans: { required: ['sast'] },
      notify: { failure: ['devops'] },
    },
    infrastructure: { version: 2, approval: 'change', plan: 'required' },
  },
  planRules: [
    { id: 'dns-zone', types: ['aws_route53_zone'], reason: 'a whole domain hangs on it' },
    { id: 'queue', types: ['aws_sqs_*'], reason: 'messages get lost' },
  ],
  inspection: { version: 1, approval: 'inspection', switchOnApproval: 'plan', notify: ['soc'] },
};

const rules = (group: string) => ({ version: 1, quorum: [{ group }], channel: 'devops' });

export const sound: Readonly<Record<string, unknown>> = {
  ...decisions,
  approvals: {
    ...(decisions['approvals'] as object),
    change: rules('security'),
    plan: { ...rules('devops'), risk: 'high' },
    inspection: { ...rules('security'), exclude: ['requester', 'author'] },
  },
  'processes.change': change,
};
