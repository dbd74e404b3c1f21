import { createGitlabActivities } from '../../activities/gitlab/activities.ts';
import { createGitlabClient } from '../../activities/gitlab/client.ts';
import type { Config } from '../../config/parse-config.ts';
import { revealSecret } from './reveal-secret.ts';

export function createGitlabQueue(config: Config): object {
  const { baseUrl, project, ref } = config.gitlab;
  const token = revealSecret(config, 'gitlabToken');
  return createGitlabActivities(createGitlabClient({ baseUrl, token, project: String(project), ref }));
}
