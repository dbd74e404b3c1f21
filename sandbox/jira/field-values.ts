import type { SandboxPerson } from '../shared/people.ts';
import { adfFault, packAdf } from './adf.ts';
import { priorities, resolutions, securityLevels } from './configuration.ts';
import type { AdfNode, Component, Option, PackedAdf, Project, Resolution, SecurityLevel } from './model.ts';
import { isJsonObject } from './router.ts';

// How values are read from requests: each function throws an Error with Jira's complaint.

/** What a value may name: people of the site, components of the project. */
export interface FieldContext {
  readonly people: readonly SandboxPerson[];
  readonly project: Project;
}

export function parseSummary(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '')
    throw new Error('You must specify a summary of the issue.');
  if (/[\r\n]/.test(value)) throw new Error('The summary is invalid because it contains newline characters.');
  if (value.length > 255) throw new Error('Summary must be less than 255 characters.');
  return value;
}

export function parseRichText(value: unknown): PackedAdf | null {
  if (value === null) return null;
  const fault = adfFault(value);
  if (fault) throw new Error(fault);
  return packAdf(value as AdfNode);
}

// A label given twice counts once.
export function parseLabels(value: unknown): string[] {
  if (!Array.isArray(value)) throw new Error('data was not an array');
  return [...new Set(value.map(parseLabel))];
}

export function parseLabel(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new Error('string expected at index 0');
  if (/\s/.test(value)) throw new Error(`The label '${value}' contains spaces which is invalid.`);
  if (value.length > 255) throw new Error('The label is too long: at most 255 characters are allowed.');
  return value;
}

export function parsePriority(value: unknown) {
  const found =
    isJsonObject(value) && priorities.find((one) => one.id === value['id'] || one.name === value['name']);
  if (!found) throw new Error('The priority selected is invalid.');
  return found;
}

/** Any string goes: what a version or a build looks like is the product's business (P-10), not this field's. */
export function parseShortText(value: unknown): string | null {
  if (value === null || value === '') return null;
  if (typeof value !== 'string') throw new Error('Operation value must be a string');
  if (value.length > 255)
    throw new Error('The entered text is too long. It exceeds the allowed limit of 255 characters.');
  return value;
}

/** `yyyy-MM-dd` and nothing else: a moment is refused, a trap for those who add days to one. */
export function parseDay(value: unknown): string | null {
  if (value === null || value === '') return null;
  if (typeof value !== 'string') throw new Error('Operation value must be a string');
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
  if (!isDay) throw new Error(`Error parsing date string: ${value}`);
  return value;
}

/** Milliseconds and a numeric offset are wanted; `Z` is refused. Kept as UTC. */
export function parseMoment(value: unknown): string | null {
  if (value === null || value === '') return null;
  if (typeof value !== 'string') throw new Error('Operation value must be a string');
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}[+-]\d{4}$/;
  const moment = form.test(value) ? new Date(value) : undefined;
  if (!moment || Number.isNaN(moment.getTime()))
    throw new Error(`Error parsing time: '${value}' is not of the form yyyy-MM-dd'T'HH:mm:ss.SSSZ`);
  return moment.toISOString().replace('Z', '+0000');
}

/** {id} or {value} of a select field, never a bare text. */
export function parseOption(name: string, options: readonly Option[], value: unknown): Option | null {
  if (value === null) return null;
  if (!isJsonObject(value)) throw new Error(`Specify a valid 'id' or 'name' for ${name}`);
  const found = options.find((one) => one.id === value['id'] || one.value === value['value']);
  if (!found) throw new Error(`Option value '${String(value['value'] ?? value['id'])}' is not valid`);
  return found;
}

/** {id} or {name}. */
export function parseSecurityLevel(value: unknown): SecurityLevel | null {
  if (value === null) return null;
  const found =
    isJsonObject(value) && securityLevels.find((one) => one.id === value['id'] || one.name === value['name']);
  if (!found) throw new Error('Specify a valid issue security level');
  return found;
}

export function parseResolution(value: unknown): Resolution {
  const found =
    isJsonObject(value) && resolutions.find((one) => one.id === value['id'] || one.name === value['name']);
  if (!found) throw new Error('The resolution selected is invalid.');
  return found;
}

// Cloud knows people by accountId only; names and e-mails are refused.
export function parseUser(value: unknown, { people }: FieldContext): SandboxPerson | null {
  if (value === null) return null;
  const accountId = isJsonObject(value) ? (value['accountId'] ?? value['id']) : undefined;
  const person = people.find((candidate) => candidate.jira.accountId === accountId);
  if (!person) throw new Error('Specify a valid value for a user: accountId is missing or unknown');
  return person;
}

/** [{id}] or [{name}]: components are the project's, and nobody makes one by naming it. */
export function parseComponents(value: unknown, { project }: FieldContext): Component[] {
  if (!Array.isArray(value)) throw new Error('data was not an array');
  return [...new Set(value.map((ref: unknown) => parseComponent(ref, project)))];
}

/** An id goes before a name; names are compared to the letter. */
export function parseComponent(ref: unknown, { components }: Project): Component {
  if (!isJsonObject(ref)) throw new Error('expected Object');
  const by = ref['id'] === undefined ? 'name' : 'id';
  const found = components.find((component) => component[by] === ref[by]);
  if (!found) throw new Error(`Component ${by} '${String(ref[by])}' is not valid`);
  return found;
}
