import type { Transition } from './schema.ts';

/** What goes into a transition's screen, or the name of what nothing can fill. */
export type Filled =
  | { readonly fields: Readonly<Record<string, unknown>> }
  | { readonly missing: string; readonly choices: readonly string[] };

/** What people mean by it, where nobody asked for another one. */
const usualResolution = 'Done';

/**
 * The resolution, wherever a screen on the way to an end has one: many sites check it without calling it required. Anything else that is
 * required and has no default is nothing that can be made up.
 */
export function fillScreen({ fields, to }: Transition, asked: string | null): Filled {
  const listed = Object.entries(fields ?? {});
  for (const [id, { name, required, hasDefaultValue }] of listed)
    if (required && hasDefaultValue !== true && id !== 'resolution' && id !== 'comment')
      return { missing: name, choices: [] };
  const resolution = fields?.['resolution'];
  const wanted = resolution?.required === true || to.statusCategory.key === 'done';
  if (!resolution || !wanted) return { fields: {} };
  const choices = (resolution.allowedValues ?? []).flatMap(({ name }) => name ?? []);
  const chosen = chooseResolution(choices, asked);
  if (chosen !== undefined) return { fields: { resolution: { name: chosen } } };
  if (!resolution.required || resolution.hasDefaultValue === true) return { fields: {} };
  return { missing: resolution.name, choices };
}

/** @param choices none: Jira did not say, and judges */
function chooseResolution(choices: readonly string[], asked: string | null): string | undefined {
  if (choices.length === 0) return asked ?? usualResolution;
  const alike = (name: string) => choices.find((one) => one.toLowerCase() === name.toLowerCase());
  // what was asked for and is not offered is not replaced by something that says otherwise
  if (asked !== null) return alike(asked);
  return alike(usualResolution) ?? (choices.length === 1 ? choices[0] : undefined);
}
