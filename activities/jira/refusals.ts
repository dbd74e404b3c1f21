import { ApplicationFailure } from '@temporalio/common';
import { createFailure, failureDetails, failureType } from '../../workflows/shared/failures.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import { cutText, toPlainText } from '../plain-text.ts';
import { redact } from '../redact.ts';
import type { FieldCatalog } from './fields.ts';
import { Complaint } from './form-schema.ts';

/** @returns Jira's complaint about a request, while jira.js's error is at hand; undefined for any other failure */
export function complaintOf(error: unknown): Complaint | undefined {
  const body = bodyOfRefusal(error);
  return body === undefined ? undefined : Complaint.safeParse(body).data;
}

/** The body of a 400: Jira did nothing of what was asked. */
export function bodyOfRefusal(error: unknown): unknown {
  return isRecord(error) && error['status'] === 400 ? error['body'] : undefined;
}

/** One line in Jira's words, by the names of fields: people do not know their ids. */
export function toReason({ errorMessages, errors }: Complaint, catalog: FieldCatalog): string {
  const byField = Object.entries(errors ?? {}).map(
    ([id, words]) => `${catalog.nameOf(id)}: ${withNames(String(words), catalog)}`,
  );
  const said = [...(errorMessages ?? []).map((words) => withNames(words, catalog)), ...byField].join('; ');
  return cutText(redact(toPlainText(said)).replace(/\s+/g, ' ').trim(), 300) || 'Jira gave no reason';
}

const withNames = (text: string, catalog: FieldCatalog) =>
  text.replace(/customfield_\d+/g, (id) => catalog.nameOf(id));

/** The same failure with the names of fields. */
export async function namingFields<T>(catalog: FieldCatalog, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || failureType(error) !== 'InvalidInput') throw error;
    throw createFailure('InvalidInput', withNames(error.message, catalog), {
      details: failureDetails(error),
      cause: error.cause,
    });
  }
}
