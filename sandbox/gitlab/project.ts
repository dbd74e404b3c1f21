export type Role = 'guest' | 'reporter' | 'developer' | 'maintainer';

/** GitLab's access levels. */
export const accessLevels: Readonly<Record<Role, number>> = {
  guest: 10,
  reporter: 20,
  developer: 30,
  maintainer: 40,
};

/** The one project that the stand-in serves. */
export interface GitlabProject {
  readonly id: number;
  /** With the namespace: `devops/agent-promotion`. */
  readonly path: string;
  readonly description: string;
  /** The first one is the default branch. */
  readonly branches: readonly [string, ...string[]];
  /** The commit that every branch points at. */
  readonly commit: { readonly sha: string; readonly title: string; readonly createdAt: Date };
  /** Group of a person → role in the project; the project is private, so without a role it answers 404. */
  readonly roles: Readonly<Record<string, Role>>;
}

/** Where the shipped CI file lives; only DevOps has a role (P-35). */
export const agentPromotionProject: GitlabProject = {
  id: 41,
  path: 'devops/agent-promotion',
  description: 'Verifies security agent installers before they are promoted',
  branches: ['main'],
  commit: {
    sha: 'bcbb5ec396a2c0f828686f14fac9b80b780504f2',
    title: 'Verify the pinned installer',
    createdAt: new Date('2026-11-04T09:36:00.000Z'),
  },
  roles: { devops: 'developer', 'devops-leads': 'maintainer' },
};

/** The last part of the path. */
export function projectName(project: GitlabProject): string {
  return project.path.slice(project.path.lastIndexOf('/') + 1);
}

export function projectNamespace(project: GitlabProject): string {
  return project.path.slice(0, project.path.lastIndexOf('/'));
}

export function projectUrl(project: GitlabProject, baseUrl: string): string {
  return `${baseUrl}/${project.path}`;
}
