import { badParameter, badPipeline } from './gitlab-refusal.ts';
import type { Commit } from './commit.ts';
import type { Pipeline, PipelineVariable } from './pipeline.ts';
import type { Repository } from './repository.ts';

export interface PipelineRequest {
  readonly ref: string;
  readonly commit: Commit;
  readonly variables: readonly PipelineVariable[];
  /** Default `api`. */
  readonly source?: Pipeline['source'];
  readonly beforeSha?: string;
}

/** `POST /projects/:id/pipeline`; unlike the trigger route it takes variables as a list, never as a map. */
export function parsePipelineRequest(body: Record<string, unknown>, repository: Repository): PipelineRequest {
  const { ref, variables = [] } = body;
  if (ref === undefined || ref === '') throw badParameter('ref is missing');
  if (typeof ref !== 'string') throw badParameter('ref is invalid');
  if (!Array.isArray(variables)) throw badParameter('variables is invalid');
  if (!repository.branches.has(ref)) throw badPipeline('Reference not found');
  const parsed = variables.map(parseVariable);
  const keys = parsed.map(({ key }) => key);
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined) throw badPipeline(`Duplicate variable name: ${repeated}`);
  return { ref, commit: repository.head(ref), variables: parsed };
}

function parseVariable(variable: unknown, index: number): PipelineVariable {
  if (typeof variable !== 'object' || variable === null) throw badParameter(`variables[${index}] is invalid`);
  const { key, value = '', variable_type: type = 'env_var' } = variable as Record<string, unknown>;
  if (typeof key !== 'string' || !/^[A-Za-z0-9_]+$/.test(key))
    throw badPipeline("Variables key can contain only letters, digits and '_'.");
  if (typeof value !== 'string') throw badParameter(`variables[${index}][value] is invalid`);
  if (type !== 'env_var' && type !== 'file')
    throw badParameter(`variables[${index}][variable_type] does not have a valid value`);
  return { key, value, variable_type: type };
}
