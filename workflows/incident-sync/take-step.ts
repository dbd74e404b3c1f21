import type { IncidentPort } from '../../activities/incidents/port.ts';
import { afterAttachment, afterComment, afterFields, afterStatus, afterWatchers } from './link-state.ts';
import type { Link } from './link.ts';
import type { IncidentPolicy, LinkRef } from './messages.ts';
import type { CaseSide, IssueSide } from './sides.ts';
import type { Step } from './steps.ts';

type Writes = Omit<IncidentPort, 'readCase' | 'readIssue' | 'sweepCases' | 'sweepIssues'>;

export interface Taking {
  readonly port: Writes;
  readonly policy: IncidentPolicy;
  readonly case: CaseSide;
  readonly issue: IssueSide;
  readonly link: Link;
  readonly ref: LinkRef & { readonly key: string };
}

/** One step is one activity. @returns the link as it is afterwards */
export async function takeStep(step: Step, taking: Taking): Promise<Link> {
  const { port, policy, link, ref, case: one, issue } = taking;
  switch (step.kind) {
    case 'fields': {
      const fields = policy.fields.filter(({ key }) => step.keys.includes(key));
      const known = (step.to === 'case' ? one : issue).fields;
      const order = { ...ref, to: step.to, fields, losers: step.losers, known };
      return afterFields(link, step, await port.writeFields(order));
    }
    case 'issue-status': {
      const { status, from, closes } = step;
      const moved = await port.moveIssue({ ...ref, status, from, closes });
      return afterStatus(link, { case: one.status, issue: moved.status });
    }
    case 'case-status': {
      const moved = await port.moveCase({ ...ref, path: step.path });
      return afterStatus(link, { case: moved.status, issue: issue.status });
    }
    case 'comment': {
      const { act, origin, id, copies } = step;
      return afterComment(link, step, await port.copyComment({ ...ref, act, origin, id, copies }));
    }
    case 'attachment': {
      const { origin, id } = step;
      const there = link.attachments.flatMap(({ sha256 }) => sha256 ?? []);
      return afterAttachment(link, step, await port.copyAttachment({ ...ref, origin, id, there }));
    }
    case 'watchers':
      return afterWatchers(link, step, await port.addWatchers({ ...ref, to: step.to }));
    case 'note':
      await port.writeNote({ ...ref, note: step.note });
      return link;
  }
}
