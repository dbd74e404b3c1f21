import { createGitlabActivities } from '../../activities/gitlab/activities.ts';
import { createGitlabChangesActivities } from '../../activities/gitlab/changes/activities.ts';
import { createGitlabChangesClient } from '../../activities/gitlab/changes/client.ts';
import { createGitlabClient } from '../../activities/gitlab/client.ts';
import type { Config } from '../../config/parse-config.ts';
import type { People } from '../../workflows/change-approval/review-facts.ts';
import { toChangeGuard } from './change-guard.ts';
import { revealSecret } from './reveal-secret.ts';

export function createGitlabQueue(config: Config): object {
  const { baseUrl, project, ref } = config.gitlab;
  const token = revealSecret(config, 'gitlabToken');
  const promotion = createGitlabActivities(
    createGitlabClient({ baseUrl, token, project: String(project), ref }),
  );
  if (!config.processes.change) return promotion;
  const guard = toChangeGuard(config);
  const ofChanges = config.secrets.gitlabChangesToken?.reveal() ?? token;
  const client = createGitlabChangesClient({ baseUrl, token: ofChanges, people: toPeople(config), guard });
  return { ...promotion, ...createGitlabChangesActivities(client) };
}

/** GitLab's users and commits' addresses by name in the configuration: all ids of one human are one person. */
function toPeople({ people }: Config): People {
  const users = new Map(people.flatMap(({ name, gitlab }) => (gitlab ? [[gitlab.toLowerCase(), name]] : [])));
  const emails = new Map(people.flatMap(({ name, email }) => (email ? [[email.toLowerCase(), name]] : [])));
  return {
    ofUser: (user) => users.get(user.toLowerCase()) ?? `gitlab:${user.toLowerCase()}`,
    ofEmail: (email) => emails.get(email.toLowerCase()) ?? `email:${email.toLowerCase()}`,
  };
}
