import type { NamedPlace } from './named-place.ts';
import { at, list, record, text, texts } from './raw-values.ts';

/** One of `processes.halo.sources`, whatever is wrong with the rest of the file; with what stands in where it says nothing. */
export interface SourceOutline {
  /** Such as `processes.halo.sources[0]`. */
  readonly path: string;
  readonly name: string | undefined;
  readonly kind: string;
  readonly hostname: string;
  readonly file: string | undefined;
  readonly hasFormat: boolean;
  readonly site: string | undefined;
  readonly idField: string | undefined;
  readonly types: readonly (string | undefined)[] | undefined;
  readonly filters: Readonly<Record<string, unknown>>;
  /** Every pair; a field that is mapped to several stands several times. */
  readonly mapping: readonly {
    readonly path: string;
    readonly from: string;
    readonly to: string | undefined;
  }[];
  readonly close: string | undefined;
  readonly reopen: string | undefined;
  readonly newStatus: string | undefined;
  readonly closedStatuses: readonly (string | undefined)[];
  readonly hardClosedStatuses: readonly (string | undefined)[];
  readonly routes: readonly RouteOutline[];
  readonly unrouted: string | undefined;
  /** Conditions of due dates. */
  readonly dueRules: readonly { readonly path: string; readonly when: Readonly<Record<string, unknown>> }[];
  /** Templates of groups. */
  readonly templates: readonly NamedPlace[];
}

interface RouteOutline {
  readonly path: string;
  readonly name: string | undefined;
  readonly when: Readonly<Record<string, unknown>>;
  readonly assignee: string | undefined;
}

export interface HaloOutline {
  readonly sources: readonly SourceOutline[];
  /** Every place that names an approval. */
  readonly approvalUses: readonly NamedPlace[];
}

const defaults = { name: 'halo', kind: 'halo', hostname: 'api.cloudpassage.com' };

export function toHaloOutline(raw: unknown): HaloOutline {
  const sources = list(raw, 'processes', 'halo', 'sources');
  const pathOf = (index: number) => `processes.halo.sources[${index}]`;
  return {
    sources: sources.map((source, index) => toSource(source, pathOf(index))),
    approvalUses: sources.flatMap((source, index) =>
      ['flood', 'acceptance'].map((part) => ({
        path: `${pathOf(index)}.${part}.approval`,
        name: text(source, part, 'approval'),
      })),
    ),
  };
}

function toSource(source: unknown, path: string): SourceOutline {
  const routes = list(source, 'routes').map((route, index) => ({
    path: `${path}.routes[${index}]`,
    name: text(route, 'name'),
    when: record(route, 'when'),
    assignee: text(route, 'assignee'),
    groupBy: text(route, 'groupBy'),
  }));
  return {
    path,
    // what is set and no text is a fault of form
    name: at(source, 'name') === undefined ? defaults.name : text(source, 'name'),
    kind: text(source, 'kind') ?? defaults.kind,
    hostname: text(source, 'hostname') ?? defaults.hostname,
    file: text(source, 'path'),
    hasFormat: at(source, 'format') !== undefined,
    site: text(source, 'site'),
    idField: text(source, 'idField'),
    types: at(source, 'types') === undefined ? undefined : texts(at(source, 'types')),
    filters: record(source, 'filters'),
    mapping: toMapping(record(source, 'mapping'), `${path}.mapping`),
    close: text(source, 'close'),
    reopen: text(source, 'reopen'),
    newStatus: text(source, 'newStatus'),
    closedStatuses: texts(at(source, 'closedStatuses')),
    hardClosedStatuses: texts(at(source, 'hardClosedStatuses')),
    routes,
    unrouted: text(source, 'unrouted'),
    dueRules: list(source, 'dueRules').map((rule, index) => ({
      path: `${path}.dueRules[${index}]`,
      when: record(rule, 'when'),
    })),
    templates: [
      ...routes.map((route) => ({ path: `${route.path}.groupBy`, name: route.groupBy })),
      { path: `${path}.flood.groupBy`, name: text(source, 'flood', 'groupBy') },
    ],
  };
}

function toMapping(mapping: Readonly<Record<string, unknown>>, path: string): SourceOutline['mapping'] {
  return Object.entries(mapping).flatMap(([from, to]) =>
    Array.isArray(to)
      ? texts(to).map((one, index) => ({ path: `${path}.${from}[${index}]`, from, to: one }))
      : [{ path: `${path}.${from}`, from, to: typeof to === 'string' ? to : undefined }],
  );
}
