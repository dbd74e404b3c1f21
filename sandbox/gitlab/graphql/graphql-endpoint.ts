import type { VendorRequest, VendorResponse } from '../../shared/front.ts';
import type { GitlabUser } from '../accounts.ts';
import type { ProjectState } from '../project-state.ts';
import { runQuery } from './run-query.ts';
import { rootType } from './types.ts';

/**
 * `POST /api/graphql`: merge requests with their activity and a pipeline's security findings, nothing else. No fragments, directives,
 * mutations or complexity limit. Whatever is wrong with a query is told with HTTP 200, as GitLab does it.
 */
export async function answerGraphql(
  request: VendorRequest,
  states: readonly ProjectState[],
  user: GitlabUser | undefined,
): Promise<VendorResponse> {
  try {
    const { query, variables } = parseBody(await request.body());
    return { status: 200, body: { data: runQuery({ query, variables }, rootType(states, user)) } };
  } catch (error) {
    return {
      status: 200,
      body: { errors: [{ message: error instanceof Error ? error.message : String(error) }] },
    };
  }
}

function parseBody(bytes: Buffer) {
  const body = JSON.parse(bytes.toString('utf8')) as { query?: unknown; variables?: unknown };
  if (typeof body.query !== 'string') throw new Error('No query string was present');
  return { query: body.query, variables: (body.variables ?? {}) as Readonly<Record<string, unknown>> };
}
