import { createFakePair, description, title } from './fake-pair.ts';

export const connection = 'aws-main';
export const fields = [title, description];

/** Both sides in memory, with what a run of incidentSync asks of them. */
export function createWorld(own: Parameters<typeof createFakePair>[0] = {}) {
  const world = createFakePair(own);
  const { port, cases, tickets } = world;
  return {
    ...world,
    readCase: (caseId: string, withTag = false) =>
      port.readCase({ connection, caseId, fields: world.parts.fields, withTag }),
    readIssue: (issueId: string) => port.readIssue({ connection, issueId, fields: world.parts.fields }),
    ensure: (caseId: string) => {
      const workflowId = `incident:${connection}:${caseId}`;
      return port.ensureIssue({ connection, caseId, workflowId, key: `${workflowId}/run/issue` });
    },
    calls: () => [...cases.calls.splice(0), ...tickets.calls.splice(0)],
  };
}
