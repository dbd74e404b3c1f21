import { ok } from './answers.ts';
import { priorities, resolutions, securityLevels } from './configuration.ts';
import { fieldDefinitions } from './fields.ts';
import type { FieldId, Issue, Project, Screen } from './model.ts';
import {
  componentJson,
  optionJson,
  priorityJson,
  resolutionJson,
  securityLevelJson,
  type Rendering,
} from './rendering.ts';
import { param, type Routes } from './router.ts';
import type { Site } from './site.ts';

/** How a form describes one field: create and edit screens, and the screens of transitions. */
export function fieldMetadata(
  id: FieldId,
  form: { readonly required: readonly FieldId[]; readonly project: Project },
  rendering: Rendering,
): object {
  const { name, schema, operations } = fieldDefinitions[id];
  const allowedValues = allowed(id, form.project, rendering);
  return {
    required: form.required.includes(id),
    schema,
    name,
    key: id,
    hasDefaultValue: id === 'priority' || id === 'reporter',
    operations,
    ...(allowedValues ? { allowedValues } : {}),
  };
}

function allowed(id: FieldId, project: Project, rendering: Rendering): object[] | undefined {
  if (id === 'priority') return priorities.map((one) => priorityJson(one, rendering));
  if (id === 'components') return project.components.map((one) => componentJson(one, rendering));
  if (id === 'security') return securityLevels.map((one) => securityLevelJson(one, rendering));
  return fieldDefinitions[id].options?.map((one) => optionJson(one, rendering));
}

const comment = {
  required: false,
  schema: { type: 'comments-page', system: 'comment' },
  name: 'Comment',
  key: 'comment',
  hasDefaultValue: false,
  operations: ['add', 'edit', 'remove'],
};

const resolution = (required: boolean, rendering: Rendering) => ({
  required,
  schema: { type: 'resolution', system: 'resolution' },
  name: 'Resolution',
  key: 'resolution',
  hasDefaultValue: false,
  operations: ['set'],
  allowedValues: resolutions.map((one) => resolutionJson(one, rendering)),
});

/** `expand=transitions.fields`: nothing where there is no screen. The comment is on every screen, and the service never lists it. */
export function screenMetadata(
  screen: Screen | undefined,
  issue: Issue,
  rendering: Rendering,
): Record<string, object> {
  const form = { required: [], project: issue.project };
  const fields: [string, object][] = (screen?.fields ?? []).map((id) => [
    id,
    id === 'resolution'
      ? resolution(screen?.requiresResolution === true, rendering)
      : fieldMetadata(id, form, rendering),
  ]);
  return Object.fromEntries(fields);
}

/** `GET /issue/{id}/editmeta`: what an edit may set, comments included. */
export function createEditMetadataRoutes(site: Site): Routes {
  return {
    'GET /rest/api/3/issue/{issueIdOrKey}/editmeta': (call) => {
      const { type, project } = site.issues.get(param(call, 'issueIdOrKey'));
      const form = { required: type.required, project };
      const fields: [string, object][] = type.fields.map((id) => [
        id,
        fieldMetadata(id, form, site.rendering(3)),
      ]);
      return ok({ fields: Object.fromEntries([...fields, ['comment', comment]]) });
    },
  };
}
