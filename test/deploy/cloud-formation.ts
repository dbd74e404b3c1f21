import { readFileSync } from 'node:fs';
import { parse, type CollectionTag, type ScalarTag } from 'yaml';

/** One element of a template's `Resources`, its short forms (`!Ref`, `!Sub` …) written out. */
export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
export interface Template {
  readonly Parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Mappings: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown; readonly Condition?: string }>>;
}
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const long = (name: string) => (name === 'Ref' ? 'Ref' : `Fn::${name}`);
const ofText = ['Ref', 'Sub', 'GetAtt'].map((name): ScalarTag => ({
  tag: `!${name}`,
  resolve: (value) => ({ [long(name)]: value }),
}));
const ofLists = ['If', 'Equals', 'Not', 'FindInMap'].map((name): CollectionTag => ({
  tag: `!${name}`,
  collection: 'seq',
  resolve: (items) => ({ [long(name)]: items.toJSON() as unknown }),
}));

export function readTemplate(file: URL): Template {
  return parse(readFileSync(file, 'utf8'), { customTags: [...ofText, ...ofLists] }) as Template;
}

/** Every statement of every policy in the template, with the logical id of its resource. */
export function statementsOf(template: Template): readonly (Statement & { readonly of: string })[] {
  return Object.entries(template.Resources).flatMap(([of, { Properties }]) =>
    documentsIn(Properties).flatMap(({ Statement }) => [Statement].flat().map((one) => ({ ...one, of }))),
  );
}

interface PolicyDocument {
  /** An event bus has one by itself. */
  readonly Statement: Statement | readonly Statement[];
}

function documentsIn(value: unknown): readonly PolicyDocument[] {
  if (Array.isArray(value)) return value.flatMap(documentsIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('Statement' in value) return [value as PolicyDocument];
  return Object.values(value).flatMap(documentsIn);
}

/** Names that `Ref`, `Fn::GetAtt` and `Fn::Sub` speak of. */
export function namesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    if (typeof part === 'string' && key === 'Ref') return [part];
    if (typeof part === 'string' && key === 'Fn::GetAtt') return [part.split('.')[0] ?? ''];
    if (typeof part === 'string' && key === 'Fn::Sub')
      return [...part.matchAll(/\$\{([^}]+)\}/g)].map(([, name = '']) => name);
    return namesIn(part);
  });
}
