import { jiraAdministrators, type SandboxPerson } from '../shared/people.ts';
import { badRequest } from './answers.ts';
import type { IssueStore } from './issue-store.ts';
import type { Access } from './access.ts';
import type { Attachment, Change, Comment, Issue } from './model.ts';
import type { Rendering } from './rendering.ts';

/** Something that admin webhooks may want to hear of. */
export type JiraEvent =
  | {
      readonly name: 'jira:issue_created' | 'jira:issue_updated' | 'jira:issue_deleted';
      readonly type: string;
      readonly user: SandboxPerson;
      readonly issue: Issue;
      readonly change?: Change;
    }
  | {
      readonly name: 'comment_created' | 'comment_updated' | 'comment_deleted';
      readonly user: SandboxPerson;
      readonly issue: Issue;
      readonly comment: Comment;
    }
  | {
      readonly name: 'attachment_created' | 'attachment_deleted';
      readonly user: SandboxPerson;
      readonly issue: Issue;
      readonly attachment: Attachment;
    };

/** What every part of the stand-in works on. */
export interface Site {
  readonly people: readonly SandboxPerson[];
  readonly issues: IssueStore;
  readonly access: Access;
  now(): Date;
  /** Jira-like ids ("10001"), rising per kind, never used twice. */
  nextId(kind: 'issue' | 'comment' | 'change' | 'link' | 'attachment'): string;
  rendering(api: 2 | 3): Rendering;
  publish(event: JiraEvent): void;
}

/** Counts on through resets, as a real site would. */
export function createIdSource(): Site['nextId'] {
  const last = new Map<string, number>();
  return (kind) => {
    const id = (last.get(kind) ?? 10_000) + 1;
    last.set(kind, id);
    return String(id);
  };
}

/** By group, as on a real site. */
export const isAdministrator = (person: SandboxPerson) => person.groups.includes(jiraAdministrators);

/** For controls, which name people as the brief of a scenario does: `sam`, `ann`. */
export function personNamed(site: Site, name: unknown): SandboxPerson {
  const person = site.people.find((candidate) => candidate.name === name);
  if (person) return person;
  throw badRequest(
    `as: ${String(name)} is nobody here; one of ${site.people.map((one) => one.name).join(', ')}`,
  );
}
