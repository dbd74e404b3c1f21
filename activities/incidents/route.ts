import { createFailure } from '../../workflows/shared/failures.ts';
import type { IncidentCase } from '../security-ir/port.ts';
import type { CaseRoute } from './parts.ts';

/** The first route whose conditions all hold. @throws InvalidInput none does; the configuration ends with one without conditions */
export function routeOf(routes: readonly CaseRoute[], one: Pick<IncidentCase, 'fields'>): CaseRoute {
  const route = routes.find(({ when }) =>
    Object.entries(when).every(([field, wanted]) => {
      if (wanted === undefined) return true;
      const value = one.fields[field as keyof typeof when];
      const values = [value ?? []].flat();
      return values.some((each) => wanted.includes(each));
    }),
  );
  if (route) return route;
  throw createFailure('InvalidInput', 'routes: none holds, and the last one has conditions');
}
