import { badRequest, notFound, ok } from './answers.ts';
import { restUrl, userJson } from './rendering.ts';
import { countParam, type Call, type Routes } from './router.ts';
import type { Site } from './site.ts';

/** The service's own limit of this list. */
const maxMembers = 50;

/** Who is in which group; a group's id is its name here. Everybody may browse users and groups. */
export function createGroupRoutes(site: Site): Routes {
  function members({ query }: Call) {
    const name = query.get('groupId') ?? query.get('groupname');
    if (name === null) throw badRequest("Either 'groupname' or 'groupId' must be provided.");
    const found = site.people.filter(({ groups }) => groups.includes(name));
    if (found.length === 0) throw notFound(`The group named '${name}' does not exist.`);
    const startAt = countParam(query.get('startAt'), 'startAt', 0, Infinity);
    const maxResults = countParam(query.get('maxResults'), 'maxResults', maxMembers, maxMembers);
    const rendering = site.rendering(3);
    const values = found
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .slice(startAt, startAt + maxResults)
      .map((person) => userJson(person, rendering));
    const isLast = startAt + values.length >= found.length;
    const page = (start: number) =>
      restUrl(
        rendering,
        `group/member?groupname=${encodeURIComponent(name)}&maxResults=${maxResults}&startAt=${start}`,
      );
    return ok({
      self: page(startAt),
      ...(isLast ? {} : { nextPage: page(startAt + values.length) }),
      ...{ maxResults, startAt, total: found.length, isLast, values },
    });
  }

  return { 'GET /rest/api/3/group/member': members };
}
