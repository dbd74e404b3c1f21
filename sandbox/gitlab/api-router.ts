import type { VendorRequest, VendorResponse } from '../shared/front.ts';
import { hasRole, roleIn, type GitlabUser } from './accounts.ts';
import { badParameter, forbidden, GitlabRefusal, notFound } from './gitlab-refusal.ts';
import type { ProjectState } from './project-state.ts';
import type { Role } from './project.ts';

/** One signed-in call with its path and parameters taken apart. */
export interface ApiCall {
  readonly request: VendorRequest;
  readonly user: GitlabUser;
  /** The project of the path. @throws on a route without a role */
  readonly state: ProjectState;
  /** Where this call reached the stand-in. */
  readonly baseUrl: string;
  /** Query and body merged, as GitLab's parameter check sees them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** A number from the path, by its name in the route's pattern. */
  id(name: string): number;
  /** Another part of the path. */
  word(name: string): string;
}

/** One operation of REST v4. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api/v4`: `/projects/:id/pipelines/:pipeline_id`; `:path*` may hold slashes. */
  readonly pattern: string;
  /** The least role in the project; absent outside of it. */
  readonly role?: Role;
  handle(call: ApiCall): VendorResponse | Promise<VendorResponse>;
}

/** Routes a signed-in call: 404 for a project one cannot see, 403 for a role that does not reach. */
export function createApiRouter(projects: () => readonly ProjectState[], routes: readonly ApiRoute[]) {
  const compiled = routes.map((route) => ({ route, path: compile(route.pattern) }));

  return async (request: VendorRequest, user: GitlabUser, baseUrl: string): Promise<VendorResponse> => {
    const hits = compiled.filter(({ path }) => path.test(request.path));
    if (hits.length === 0) throw new GitlabRefusal(404, { error: '404 Not Found' });
    const hit = hits.find(({ route }) => route.method === request.method);
    if (!hit) throw new GitlabRefusal(405, { error: '405 Not Allowed' });
    const params = hit.path.exec(request.path)?.groups ?? {};
    const { role } = hit.route;
    const state = role && enter(projects(), decodeURIComponent(params.id ?? ''), user, role);
    return hit.route.handle({
      ...{ request, user, baseUrl, parameters: await readParameters(request) },
      get state() {
        return state ?? raise(`${hit.route.pattern}: no project`);
      },
      id: (name) => toId(name, params[name] ?? ''),
      word: (name) => decodeURIComponent(params[name] ?? ''),
    });
  };
}

function compile(pattern: string): RegExp {
  const parts = pattern.replace(/:(\w+)\*/g, '(?<$1>.+)').replace(/:(\w+)/g, '(?<$1>[^/]+)');
  return new RegExp(`^/api/v4${parts}/?$`);
}

function enter(projects: readonly ProjectState[], id: string, user: GitlabUser, needed: Role): ProjectState {
  const state = projects.find(
    ({ project }) => id === String(project.id) || id.toLowerCase() === project.path,
  );
  if (!state || !roleIn(user, state.project)) throw notFound('Project');
  if (!hasRole(user, state.project, needed)) throw forbidden();
  return state;
}

function raise(message: string): never {
  throw new Error(message);
}

function toId(name: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw badParameter(`${name} is invalid`);
  return Number(text);
}

async function readParameters(request: VendorRequest): Promise<Record<string, unknown>> {
  const query = Object.fromEntries(request.query);
  const text = request.method === 'GET' ? '' : (await request.body()).toString('utf8');
  if (text === '') return query;
  const type = request.headers['content-type'] ?? '';
  if (type.includes('x-www-form-urlencoded'))
    return { ...query, ...Object.fromEntries(new URLSearchParams(text)) };
  if (!type.includes('json'))
    throw new GitlabRefusal(415, { error: `The provided content-type '${type}' is not supported.` });
  return { ...query, ...parseObject(text) };
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // refused below, like any other body that is no object
  }
  throw badParameter('Invalid JSON: an object is expected');
}
