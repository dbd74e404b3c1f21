import type { ReviewRules } from './messages.ts';
import type { MergeRequestFacts, People, RepositoryCommit } from './review-facts.ts';

/** User names that GitLab gives to access tokens, service accounts and deleted people: nobody answers for them. */
const machineName = /^(?:(?:project|group)_?[0-9]+_bot|service_account_|ghost$)/;
/** `123-name@users.noreply.gitlab.com`: GitLab's own address of somebody who hides his. */
const hiddenAddress = /^(?:[0-9]+-)?([a-z0-9_][a-z0-9_.-]*)@users\.noreply\.[a-z0-9.-]+$/;
/** Who commits in GitLab's own name, on a merge in the web interface say. */
const forgeAddress = /^(?:noreply|no-reply)@/;
const trailer = /^[ \t]*co-authored-by:[^<\n]*<([^<>\s]+@[^<>\s]+)>[ \t]*$/gim;

/** Whose names the rules know, and which of them are machines. */
export interface Crowd {
  readonly people: People;
  readonly isMachineUser: (username: string) => boolean;
  /** Of a name, `gitlab:…` or `email:…`. */
  readonly isMachine: (principal: string) => boolean;
  readonly ofAddress: (email: string) => string;
}

export function createCrowd(people: People, rules: ReviewRules, botUsers: ReadonlySet<string>): Crowd {
  const named = new Set([...rules.bots, ...botUsers].map((name) => name.toLowerCase()));
  const isMachineUser = (username: string) =>
    named.has(username.toLowerCase()) || machineName.test(username.toLowerCase());
  const principals = new Set([...named].map((name) => people.ofUser(name)));
  return {
    people,
    isMachineUser,
    isMachine: (principal) => principals.has(principal) || isMachinePrincipal(principal, rules.bots),
    ofAddress: (email) => principalOfAddress(email, people),
  };
}

/** As far as a name alone tells it. @param bots GitLab user names of the policy */
export function isMachinePrincipal(principal: string, bots: readonly string[]): boolean {
  const [name = ''] = principal
    .replace(/^(?:gitlab|email):/, '')
    .toLowerCase()
    .split('@');
  return (
    machineName.test(name) ||
    (!principal.startsWith('email:') && bots.some((bot) => bot.toLowerCase() === name))
  );
}

/** Addresses are easy to forge: one can only exclude people by them, never stand for an approver. */
function principalOfAddress(email: string, people: People): string {
  const address = email.trim().toLowerCase();
  const [, username] = hiddenAddress.exec(address) ?? [];
  return username === undefined ? people.ofEmail(address) : people.ofUser(username);
}

function coAuthorAddresses(message: string): readonly string[] {
  return [...message.matchAll(trailer)].slice(0, 50).flatMap(([, address]) => (address ? [address] : []));
}

/**
 * Who wrote a commit. The committer of what GitLab made on a merge is whoever pressed the button, and GitLab itself is nobody.
 * @param byForge GitLab made this commit
 */
export function writersOf(commit: RepositoryCommit, byForge: boolean, crowd: Crowd): readonly string[] {
  const { authorEmail, committerEmail, message } = commit;
  const committer = byForge || forgeAddress.test(committerEmail.trim().toLowerCase()) ? [] : [committerEmail];
  const addresses = [authorEmail, ...committer, ...coAuthorAddresses(message)];
  return [...new Set(addresses.map((address) => crowd.ofAddress(address)))];
}

/** Who pushed to the source branch, as far as GitLab noted it. */
export function pushersOf({ pushes }: MergeRequestFacts, crowd: Crowd): readonly string[] {
  return [...new Set((pushes ?? []).map(({ user }) => crowd.people.ofUser(user)))];
}
