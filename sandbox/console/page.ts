import type { ProvisionedAws } from '../aws/provision-accounts.ts';
import type { SandboxPerson } from '../shared/people.ts';
import { html, type Html } from './html.ts';

/** What the console needs of the vendors: where they are, and the people's own credentials. */
export interface ConsoleVendors {
  readonly people: readonly SandboxPerson[];
  readonly secrets: { readonly control: string };
  readonly jira: { readonly url: string };
  readonly gitlab: { readonly url: string };
  readonly slack: { readonly url: string };
  readonly aws: {
    readonly url: string;
    readonly provisioned: Pick<ProvisionedAws, 'accounts' | 'credentials'>;
  };
}

export interface PageRequest {
  /** Whom the reader of this page acts as. */
  readonly actor: SandboxPerson;
  /** The control token, for the forms of the page. */
  readonly token: string;
  readonly params: Readonly<Record<string, string>>;
  readonly form: URLSearchParams;
}

/** `live` is fetched anew from `path` every two seconds; `fixed` holds what a person types into and stays. */
export interface Page {
  readonly path: string;
  readonly title: string;
  readonly status?: number;
  readonly problem?: string | undefined;
  readonly live?: Html;
  readonly fixed?: Html;
}

export interface Redirect {
  readonly redirect: string;
}

export interface PageRoute {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  handle(request: PageRequest): Page | Redirect | Promise<Page | Redirect>;
}

/** Every form posts the token back: a foreign page does not know it. */
export function form(request: PageRequest, action: string, content: Html): Html {
  return html`<form method="post" action="${action}">
    <input type="hidden" name="token" value="${request.token}" />
    ${content}
  </form>`;
}

/** The options of a select with people; one is chosen. */
export function personOptions(people: readonly SandboxPerson[], chosen: string): Html[] {
  return people.map(
    ({ name, displayName, groups }) =>
      html`<option value="${name}" ${name === chosen ? html`selected` : ''}>
        ${displayName} (${groups.join(', ') || 'no group'})
      </option>`,
  );
}

/** Who a form says it is sent as; the reader's own choice where it says nothing. */
export function personOf(vendors: ConsoleVendors, request: PageRequest): SandboxPerson {
  const name = request.form.get('as');
  return vendors.people.find((person) => person.name === name) ?? request.actor;
}
