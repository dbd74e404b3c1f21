import { badRequest, notFound, ok } from './answers.ts';
import { findProject, projects } from './configuration.ts';
import { fieldMetadata } from './field-metadata.ts';
import type { FieldId, IssueType, Project } from './model.ts';
import { avatarUrls, issueTypeJson, restUrl } from './rendering.ts';
import { listParam, param, type Call, type Routes } from './router.ts';
import type { Site } from './site.ts';

/** What can be set when an issue is created: the deprecated form and the two that replace it. */
export function createCreateMetadataRoutes(site: Site): Routes {
  const rendering = () => site.rendering(3);

  const briefProject = ({ id, key, name }: Project) => ({
    self: restUrl(rendering(), `project/${id}`),
    ...{ id, key, name },
    avatarUrls: avatarUrls(`${rendering().base}/secure/projectavatar?pid=${id}`),
  });

  const metadata = (id: FieldId, type: IssueType, project: Project) =>
    fieldMetadata(id, { required: type.required, project }, rendering());

  /** The deprecated form, still served: fields only with `expand=projects.issuetypes.fields`. */
  function createMeta({ query }: Call) {
    const wanted = [...(listParam(query, 'projectKeys') ?? []), ...(listParam(query, 'projectIds') ?? [])];
    const names = query.getAll('issuetypeNames');
    const withFields = (query.get('expand') ?? '').includes('projects.issuetypes.fields');
    const chosen = projects.filter(
      ({ id, key }) => wanted.length === 0 || wanted.includes(key) || wanted.includes(id),
    );
    const typeJson = (type: IssueType, project: Project) => ({
      ...issueTypeJson(type, rendering()),
      ...(withFields
        ? { fields: Object.fromEntries(type.fields.map((id) => [id, metadata(id, type, project)])) }
        : {}),
    });
    return ok({
      expand: 'projects',
      projects: chosen.map((project) => {
        const types = project.types.filter((type) => names.length === 0 || names.includes(type.name));
        return { ...briefProject(project), issuetypes: types.map((type) => typeJson(type, project)) };
      }),
    });
  }

  // The forms that replace the deprecated one, a page each.
  function createMetaTypes(call: Call) {
    const issueTypes = requestedProject(site, call).types.map((type) => issueTypeJson(type, rendering()));
    return ok({ startAt: 0, maxResults: 50, total: issueTypes.length, issueTypes });
  }

  function createMetaFields(call: Call) {
    const project = requestedProject(site, call);
    const type = project.types.find((one) => one.id === param(call, 'issueTypeId'));
    if (!type) throw badRequest('issueTypeId: no such issue type in this project');
    const fields = type.fields.map((id) => ({ ...metadata(id, type, project), fieldId: id }));
    return ok({ startAt: 0, maxResults: 50, total: fields.length, fields });
  }

  return {
    'GET /rest/api/3/issue/createmeta': createMeta,
    'GET /rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes': createMetaTypes,
    'GET /rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}': createMetaFields,
  };
}

/** The project of the path, by key or id, or Jira's 404. */
export function requestedProject(site: Site, call: Call): Project {
  const keyOrId = param(call, 'projectIdOrKey');
  const project = findProject(keyOrId);
  if (project && site.access.browses(call.actor, project)) return project;
  throw notFound(`No project could be found with key '${keyOrId}'.`);
}
