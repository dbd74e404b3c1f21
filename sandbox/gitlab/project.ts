export type Role = 'guest' | 'reporter' | 'developer' | 'maintainer';

/** GitLab's access levels. */
export const accessLevels: Readonly<Record<Role, number>> = {
  guest: 10,
  reporter: 20,
  developer: 30,
  maintainer: 40,
};

/** One private project of the stand-in. */
export interface GitlabProject {
  readonly id: number;
  /** With the namespace: `devops/agent-promotion`. */
  readonly path: string;
  readonly namespaceId: number;
  readonly description: string;
  readonly defaultBranch: string;
  /** The commit that the history begins with. */
  readonly rootCommit: {
    readonly sha: string;
    readonly title: string;
    readonly createdAt: Date;
    /** Path → content. */
    readonly files: Readonly<Record<string, string>>;
  };
  /** Group of a person → role in the project; the project is private, so without a role it answers 404. */
  readonly roles: Readonly<Record<string, Role>>;
  /** Environment → the least role that may deploy to it. */
  readonly protectedEnvironments: Readonly<Record<string, Role>>;
  /** How many approvals the rule of the project asks for; GitLab's merge events depend on it. */
  readonly approvalsRequired: number;
  /** GitLab numbers pipelines, jobs and hooks over all projects: each project counts from here. */
  readonly firstIds: { readonly pipeline: number; readonly job: number; readonly hook: number };
}

/** Where the shipped CI file lives; only DevOps has a role (P-35). */
export const agentPromotionProject: GitlabProject = {
  id: 41,
  path: 'devops/agent-promotion',
  namespaceId: 7,
  description: 'Verifies security agent installers before they are promoted',
  defaultBranch: 'main',
  rootCommit: {
    sha: 'bcbb5ec396a2c0f828686f14fac9b80b780504f2',
    title: 'Verify the pinned installer',
    createdAt: new Date('2026-11-04T09:36:00.000Z'),
    files: {},
  },
  roles: { devops: 'developer', 'devops-leads': 'maintainer' },
  protectedEnvironments: {},
  approvalsRequired: 0,
  firstIds: { pipeline: 31, job: 377, hook: 1 },
};

/** The product whose deploys wait for a change ticket; `automation` is jira-bot, whose token the worker has. */
export const shopWebProject: GitlabProject = {
  id: 52,
  path: 'shop/web',
  namespaceId: 9,
  description: 'The web shop',
  defaultBranch: 'main',
  rootCommit: {
    sha: '5d1f0c3c0f6a4a6f8a3f3f5e0b9d8c7e6f5a4b3c',
    title: 'Import the shop',
    createdAt: new Date('2026-09-01T08:00:00.000Z'),
    files: {
      'package.json': '{\n  "name": "shop-web",\n  "version": "1.0.0",\n  "private": true\n}\n',
      'src/shop.ts': 'export const shop = "open";\n',
      'infrastructure/main.tf': 'resource "aws_s3_bucket" "shop" {\n  bucket = "shop"\n}\n',
    },
  },
  roles: {
    devops: 'developer',
    'devops-leads': 'maintainer',
    automation: 'maintainer',
    security: 'reporter',
  },
  protectedEnvironments: { production: 'maintainer' },
  approvalsRequired: 1,
  firstIds: { pipeline: 5201, job: 52_001, hook: 521 },
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
