import type { Job } from './pipeline.ts';

/** Who holds each `resource_group` of the project and who waits for it, oldest first. */
export interface ResourceGroups {
  /** False: the job was put in line. A job without a group always gets its turn. */
  acquire(job: Job): boolean;
  /** Gives the job's group (or its place in line) back; answers the job whose turn it is now. */
  release(job: Job): Job | undefined;
}

export function createResourceGroups(): ResourceGroups {
  const lines = new Map<string, Job[]>();

  function acquire(job: Job): boolean {
    const group = job.definition.resourceGroup;
    if (group === undefined) return true;
    const line = lines.get(group) ?? [];
    lines.set(group, line);
    line.push(job);
    return line[0] === job;
  }

  function release(job: Job): Job | undefined {
    const line = lines.get(job.definition.resourceGroup ?? '');
    const place = line?.indexOf(job) ?? -1;
    if (!line || place < 0) return undefined;
    line.splice(place, 1);
    return place === 0 ? line[0] : undefined;
  }

  return { acquire, release };
}
