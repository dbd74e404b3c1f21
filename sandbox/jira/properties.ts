import { badRequest, noContent, notFound, ok } from './answers.ts';
import type { EntityProperty } from './model.ts';
import { restUrl } from './rendering.ts';
import { isJsonObject, param, type Call, type Routes } from './router.ts';
import type { Site } from './site.ts';

// The service's limits, in characters.
const maxKey = 255;
const maxValue = 32_768;

/** `properties` of a create, an edit or a transition, for issues and comments alike: [{key, value}]. */
export function parseProperties(value: unknown): EntityProperty[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badRequest('properties: a list of {key, value} is expected');
  return value.map((one: unknown) => {
    if (!isJsonObject(one) || typeof one['key'] !== 'string' || one['key'] === '')
      throw badRequest('properties: each one needs a key');
    const property = { key: one['key'], value: one['value'] };
    checkProperty(property);
    return property;
  });
}

/** @throws Jira's 400 for what is too long */
function checkProperty({ key, value }: EntityProperty): void {
  if (key.length > maxKey) throw badRequest(`The property key cannot be longer than ${maxKey} characters.`);
  if ((JSON.stringify(value) ?? '').length > maxValue)
    throw badRequest(`The property value cannot be longer than ${maxValue} characters.`);
}

/** Issue properties: JSON values under a key of the caller's, invisible to people, no webhook of ours. */
export function createPropertyRoutes(site: Site): Routes {
  const issueOf = (call: Call) => site.issues.get(param(call, 'issueIdOrKey'));

  function existing(call: Call) {
    const issue = issueOf(call);
    const key = param(call, 'propertyKey');
    if (!issue.properties.has(key)) throw notFound(`The property with key '${key}' does not exist.`);
    return { issue, key };
  }

  function keys(call: Call) {
    const issue = issueOf(call);
    const self = (key: string) =>
      restUrl(site.rendering(3), `issue/${issue.id}/properties/${encodeURIComponent(key)}`);
    return ok({ keys: [...issue.properties.keys()].map((key) => ({ self: self(key), key })) });
  }

  function read(call: Call) {
    const { issue, key } = existing(call);
    return ok({ key, value: issue.properties.get(key) });
  }

  function write(call: Call) {
    const issue = issueOf(call);
    const key = param(call, 'propertyKey');
    if (call.body === undefined) throw badRequest('The property value must be valid JSON.');
    checkProperty({ key, value: call.body });
    const status = issue.properties.has(key) ? 200 : 201;
    issue.properties.set(key, call.body);
    return { status };
  }

  function remove(call: Call) {
    const { issue, key } = existing(call);
    issue.properties.delete(key);
    return noContent();
  }

  return {
    'GET /rest/api/3/issue/{issueIdOrKey}/properties': keys,
    'GET /rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}': read,
    'PUT /rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}': write,
    'DELETE /rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}': remove,
  };
}
