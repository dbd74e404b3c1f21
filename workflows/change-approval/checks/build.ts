import type { BuildFacts } from '../facts.ts';
import type { ChangeRequest, CheckVerdict } from '../messages.ts';
import type { Check } from './check.ts';
import { linkTo, passed } from './results.ts';

/** GitLab's words for a job that may still succeed. */
const unfinished = new Set([
  'created',
  'waiting_for_resource',
  'waiting_for_callback',
  'preparing',
  'pending',
  'running',
  'scheduled',
  'manual',
  'canceling',
]);

/** CI has this build, of this job, branch and commit, and it succeeded (C-10…C-12). */
export const build: Check = {
  id: 'build',
  title: 'Build',
  judge({ request, build: facts }) {
    const links = linkTo(`Build ${request.build}`, facts.href);
    if (!facts.found) return notFound(request, links);
    const wrong = differences(request, facts);
    if (wrong.length > 0)
      return { verdict: 'fail', found: wrong, links, fix: 'Ask for the build that CI really made.' };
    if (facts.buildStatus === 'success')
      return passed(
        [`${request.buildJob} of build ${request.build} succeeded for this commit and branch`],
        links,
      );
    return { ...unsuccessful(request, facts.buildStatus), links };
  },
};

function notFound({ pipelineId, build: number }: ChangeRequest, links: ReturnType<typeof linkTo>) {
  if (pipelineId === null)
    return {
      verdict: 'manual' as const,
      found: ['another CI made it: its build cannot be verified'],
      links,
      fix: 'Build it with GitLab CI, or have a person compare job, number, branch and commit.',
    };
  const found = [`GitLab has no build ${number} with this job`];
  return { verdict: 'fail' as const, found, links, fix: 'Ask for a build that exists.' };
}

function differences(request: ChangeRequest, facts: BuildFacts): readonly string[] {
  const { pipelineId } = request;
  const compared = [
    ['build number', pipelineId === null ? request.build : `${pipelineId}`, request.build],
    ['commit', facts.sha?.toLowerCase() ?? null, request.sha.toLowerCase()],
    ['branch', facts.branch, request.branch],
    ['build job', facts.buildJob, request.buildJob],
  ] as const;
  return compared.flatMap(([name, found, wanted]) =>
    found === wanted ? [] : [`${name}: CI says ${found ?? 'nothing'}, ${wanted} was asked for`],
  );
}

function unsuccessful({ buildJob }: ChangeRequest, status: string | null) {
  const verdict: CheckVerdict = status !== null && unfinished.has(status) ? 'pending' : 'fail';
  const found = [status === null ? `CI has no job ${buildJob}` : `${buildJob} is ${status}`];
  const fix =
    verdict === 'pending' ? `${buildJob} ends successfully.` : `Run ${buildJob} again, successfully.`;
  return { verdict, found, fix };
}
