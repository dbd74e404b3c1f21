import type { ApiCall, ApiRoute } from './api-router.ts';
import { toProject, toUser } from './entities.ts';

const version = '19.5.0-ee';
const revision = '4e963f7c1a2';
const tokensSince = '2026-11-01T08:00:00.000Z';

/** `/user`, `/version`, `/metadata`, the token itself and a project. */
export function accountRoutes(): ApiRoute[] {
  const answer = (body: object) => ({ status: 200, body });
  const kas = { enabled: false, externalUrl: null, externalK8sProxyUrl: null, version: null };

  function user({ user: account, baseUrl }: ApiCall) {
    return answer({ ...toUser(account, baseUrl), email: account.email, bot: account.bot });
  }

  function token({ user: account }: ApiCall) {
    return answer({
      id: account.id,
      name: account.bot ? account.name : `${account.username}'s token`,
      revoked: false,
      created_at: tokensSince,
      description: null,
      scopes: ['api'],
      user_id: account.id,
      last_used_at: new Date().toISOString(),
      active: true,
      expires_at: null,
      last_used_ips: [],
    });
  }

  return [
    { method: 'GET', pattern: '/user', handle: user },
    { method: 'GET', pattern: '/version', handle: () => answer({ version, revision }) },
    {
      method: 'GET',
      pattern: '/metadata',
      handle: () => answer({ version, revision, kas, enterprise: true }),
    },
    { method: 'GET', pattern: '/personal_access_tokens/self', handle: token },
    {
      method: 'GET',
      pattern: '/projects/:id',
      role: 'guest',
      handle: ({ user: account, state, baseUrl }) => answer(toProject(state.project, account, baseUrl)),
    },
  ];
}
