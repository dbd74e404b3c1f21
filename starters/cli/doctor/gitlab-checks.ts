import { z } from 'zod';
import type { Config } from '../../../config/parse-config.ts';
import { gitlabProjectPath, openGitlab } from '../vendors.ts';
import { CheckFailed, type CheckGroup } from './check.ts';

const User = z.object({ username: z.string(), bot: z.boolean().optional() });
const Project = z.object({ path_with_namespace: z.string() });
const Token = z.object({ scopes: z.array(z.string()), expires_at: z.string().nullable() });

/** GitLab names the user of a project access token so (GitLab docs, "Bot users for projects"). */
const projectBot = /^project_[0-9]+_bot(_|$)/;

export function toGitlabChecks(config: Config): CheckGroup {
  // opened in the check, so that a missing token is a finding
  const gitlab = () => openGitlab(config);
  return {
    system: 'gitlab',
    checks: [
      {
        name: 'project access token',
        gate: true,
        async run() {
          const { username, bot } = await gitlab().get('read own user', '/user', User);
          if (projectBot.test(username) || bot === true) return username;
          const fix = 'Make a project access token and set LOCKKEEPER_GITLAB_TOKEN to it (P-32).';
          throw new CheckFailed(`the token is a personal one, of ${username}`, fix);
        },
      },
      {
        name: 'token scopes',
        async run() {
          const token = await gitlab().get('read own token', '/personal_access_tokens/self', Token);
          const scopes = token.scopes.join(', ');
          if (token.scopes.includes('api')) return `${scopes}; expires ${token.expires_at ?? 'never'}`;
          throw new CheckFailed(
            `only ${scopes}`,
            'Make the token with the scope api: pipelines cannot be started without it.',
          );
        },
      },
      {
        name: `project ${config.gitlab.project}`,
        run: async () =>
          (await gitlab().get('read the project', gitlabProjectPath(config), Project)).path_with_namespace,
      },
    ],
  };
}
