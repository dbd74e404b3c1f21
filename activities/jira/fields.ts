import { getFields } from './api.ts';
import type { OpenAccess } from './site.ts';
import { SiteFields, type JiraField } from './form-schema.ts';

/** The site's fields, read once; again, but not more often than each minute, when a name is unknown: it may be new. */
export interface FieldCatalog {
  /** By id or by exact name. Projects may have fields of their own by one name: then there are several. */
  named(nameOrId: string): Promise<readonly JiraField[]>;
  /** As people know it: the id itself when nothing was read. */
  nameOf(id: string): string;
}

const readAgainMs = 60_000;

export function createFieldCatalog(
  { client, call }: Pick<OpenAccess, 'client' | 'call'>,
  now: () => number = Date.now,
): FieldCatalog {
  let reading: Promise<readonly JiraField[]> | undefined;
  let known: readonly JiraField[] = [];
  let readAt = 0;

  async function read(): Promise<readonly JiraField[]> {
    known = await call('list fields', async () => SiteFields.parse(await getFields(client)));
    readAt = now();
    return known;
  }

  function current(again = false): Promise<readonly JiraField[]> {
    if (again) reading = undefined;
    reading ??= read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  }

  return {
    async named(nameOrId) {
      const found = pick(await current(), nameOrId);
      if (found.length > 0 || now() - readAt < readAgainMs) return found;
      return pick(await current(true), nameOrId);
    },
    nameOf: (id) => known.find((field) => field.id === id)?.name ?? id,
  };
}

function pick(fields: readonly JiraField[], nameOrId: string): readonly JiraField[] {
  const byId = fields.filter(({ id }) => id === nameOrId);
  return byId.length > 0 ? byId : fields.filter(({ name }) => name === nameOrId);
}
