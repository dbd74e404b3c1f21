import { ok } from './answers.ts';
import { projects } from './configuration.ts';
import { requestedProject } from './create-metadata.ts';
import { fieldDefinitions, fieldIds, isCustom } from './fields.ts';
import { clauseNames, systemFields, type SystemField } from './system-fields.ts';
import type { Component, FieldId, Project } from './model.ts';
import {
  componentJson,
  issueTypeJson,
  projectJson,
  restUrl,
  statusJson,
  toJiraDate,
  userJson,
} from './rendering.ts';
import { countParam, listParam, type Call, type Routes } from './router.ts';
import type { Site } from './site.ts';

/** Fields, projects, statuses, server information: what `setup` and `doctor` read. */
export function createMetadataRoutes(site: Site): Routes {
  const rendering = () => site.rendering(3);

  function wholeProject(project: Project): object {
    return {
      expand: 'description,lead,issueTypes,url,projectKeys,permissions,insight',
      ...projectJson(project, rendering()),
      style: 'classic',
      isPrivate: false,
      projectCategory: {
        self: restUrl(rendering(), 'projectCategory/10000'),
        id: '10000',
        name: 'Operations',
        description: '',
      },
    };
  }

  function wholeComponent(component: Component, { id, key }: Project): object {
    return {
      ...componentJson(component, rendering()),
      ...{ project: key, projectId: Number(id), isAssigneeTypeValid: false },
      ...{ assigneeType: 'PROJECT_DEFAULT', realAssigneeType: 'PROJECT_DEFAULT' },
    };
  }

  function readProject(call: Call) {
    const project = requestedProject(site, call);
    const lead = site.people.find((person) => person.groups.includes('devops-leads'));
    return ok({
      ...wholeProject(project),
      ...(lead ? { lead: userJson(lead, rendering()) } : {}),
      issueTypes: project.types.map((type) => issueTypeJson(type, rendering())),
      components: project.components.map((one) => wholeComponent(one, project)),
    });
  }

  function searchProjects({ query }: Call) {
    const [keys, ids, text] = [
      listParam(query, 'keys'),
      listParam(query, 'id'),
      query.get('query')?.toLowerCase(),
    ];
    const found = projects.filter(
      ({ id, key, name }) =>
        (!keys || keys.includes(key)) &&
        (!ids || ids.includes(id)) &&
        (!text || `${key} ${name}`.toLowerCase().includes(text)),
    );
    const startAt = countParam(query.get('startAt'), 'startAt', 0, Infinity);
    const maxResults = countParam(query.get('maxResults'), 'maxResults', 50, 100);
    const values = found.slice(startAt, startAt + maxResults).map(wholeProject);
    const self = restUrl(rendering(), `project/search?maxResults=${maxResults}&startAt=${startAt}`);
    return ok({
      self,
      maxResults,
      startAt,
      total: found.length,
      isLast: startAt + values.length >= found.length,
      values,
    });
  }

  function projectStatuses(call: Call) {
    return ok(
      requestedProject(site, call).types.map((type) => ({
        self: restUrl(rendering(), `issuetype/${type.id}`),
        id: type.id,
        name: type.name,
        subtask: false,
        statuses: type.workflow.statuses.map((status) => statusJson(status, rendering())),
      })),
    );
  }

  function fields() {
    return ok([...systemFields.map(systemFieldJson), ...fieldIds.map(fieldJson)]);
  }

  function serverInfo() {
    const { base } = rendering();
    return ok({
      baseUrl: base,
      displayUrl: base,
      displayUrlServicedeskHelpCenter: base,
      displayUrlConfluence: base,
      version: '1001.0.0-SNAPSHOT',
      versionNumbers: [1001, 0, 0],
      deploymentType: 'Cloud',
      buildNumber: 100_300,
      buildDate: '2026-11-01T00:00:00.000+0000',
      serverTime: toJiraDate(site.now()),
      scmInfo: '0000000000000000000000000000000000000000',
      serverTitle: 'Jira (sandbox)',
      defaultLocale: { locale: 'en_US' },
      serverTimeZone: 'Etc/UTC',
    });
  }

  return {
    'GET /rest/api/3/field': fields,
    'GET /rest/api/3/project': () => ok(projects.map(wholeProject)),
    'GET /rest/api/3/project/search': searchProjects,
    'GET /rest/api/3/project/{projectIdOrKey}': readProject,
    'GET /rest/api/3/project/{projectIdOrKey}/statuses': projectStatuses,
    'GET /rest/api/3/serverInfo': serverInfo,
  };
}

function fieldJson(id: FieldId): object {
  const { name, schema } = fieldDefinitions[id];
  const places = { orderable: true, navigable: true, searchable: true };
  return { id, key: id, name, custom: isCustom(id), ...places, clauseNames: clauseNames(id), schema };
}

function systemFieldJson({ id, name, clauseNames: names, schema }: SystemField): object {
  const places = { orderable: false, navigable: true, searchable: true };
  return { id, key: id, name, custom: false, ...places, clauseNames: names, ...(schema ? { schema } : {}) };
}
