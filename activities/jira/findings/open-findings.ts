import { asyncLocalStorage } from '@temporalio/activity';
import { once, openAccess, type OpenAccess, type SiteAccess } from '../site.ts';
import { createFieldCatalog, type FieldCatalog } from '../fields.ts';
import type { JiraField } from '../form-schema.ts';
import { createForms, type Forms } from '../forms.ts';
import { findIdField } from './id-field.ts';
import { createPlaces, type Places } from './places.ts';
import { createKnownChunks, type KnownChunks } from './member-chunks.ts';
import { createTransitionLists, type TransitionLists } from './transition-lists.ts';

export interface FindingTicketsOptions {
  /** Of the site that has the tickets; an opened one shares its client, rate and account. */
  readonly access: SiteAccess | OpenAccess;
  /** Name of the source of findings in the configuration. */
  readonly source: string;
  /** Name or id of the custom field of one line that has the finding's id. */
  readonly idField: string;
  /** ms since 1970; the tests' own. */
  readonly now?: () => number;
}

/** A site with the tickets of one source. */
export interface OpenFindings extends OpenAccess {
  readonly source: string;
  readonly fields: FieldCatalog;
  readonly forms: Forms;
  readonly places: Places;
  readonly transitions: TransitionLists;
  readonly chunks: KnownChunks;
  /** @throws NotFound, InvalidInput not exactly one custom field of text has the configured name */
  idField(): Promise<JiraField>;
}

export function openFindings({ access, source, idField, now }: FindingTicketsOptions): OpenFindings {
  const open = 'client' in access ? access : openAccess(access);
  const fields = createFieldCatalog(open, now);
  return {
    client: open.client,
    call: open.call,
    files: open.files,
    botAccountId: () => open.botAccountId(),
    source,
    fields,
    forms: createForms(open, now),
    places: createPlaces(),
    transitions: createTransitionLists(open, now),
    chunks: createKnownChunks(),
    idField: once(() => findIdField(fields, idField)),
  };
}

/** A later attempt of the activity: what an earlier one wrote may be there. */
export function isRepeat(): boolean {
  return (asyncLocalStorage.getStore()?.info.attempt ?? 1) > 1;
}
