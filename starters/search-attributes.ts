import type { Client, Connection } from '@temporalio/client';
import { SearchAttributeType } from '@temporalio/common';
import { attributes } from '../workflows/shared/search-attributes.ts';

/** Temporal's numbers of the types that we use (temporal.api.enums.v1.IndexedValueType). */
const keyword = 2;
const datetime = 6;

/** Ours by name. */
const wanted: Readonly<Record<string, number>> = Object.fromEntries(
  Object.values(attributes).map(({ name, type }) => [
    name,
    type === SearchAttributeType.DATETIME ? datetime : keyword,
  ]),
);

export interface AttributeGaps {
  readonly missing: readonly string[];
  /** Registered with another type, which only an administrator can remove. */
  readonly conflicts: readonly string[];
}

/** What the namespace lacks of our search attributes. */
export async function findAttributeGaps(connection: Connection, namespace: string): Promise<AttributeGaps> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const found: Readonly<Record<string, number>> = customAttributes;
  const names = Object.keys(wanted);
  return {
    missing: names.filter((name) => !Object.hasOwn(found, name)),
    conflicts: names.filter((name) => Object.hasOwn(found, name) && found[name] !== wanted[name]),
  };
}

/** Registers what is missing. @returns the names that were added */
export async function ensureSearchAttributes(client: Client): Promise<readonly string[]> {
  const connection = client.connection as Connection;
  const { namespace } = client.options;
  const { missing } = await findAttributeGaps(connection, namespace);
  if (missing.length === 0) return [];
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, wanted[name] ?? keyword]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  return missing;
}
