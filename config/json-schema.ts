import { z } from 'zod';
import { ConfigFile } from './schema.ts';

/** The part of JSON Schema that zod makes of our file. */
export interface SchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
}

/** JSON Schema of lockkeeper.yaml, for editors; shipped as lockkeeper.schema.json. */
export function configJsonSchema(): SchemaNode {
  const schema = z.toJSONSchema(ConfigFile, { io: 'input' }) as SchemaNode;
  return { ...schema, ...{ title: 'lockkeeper.yaml' } };
}

/** @returns the node of a path, such as `['jira', 'sites', 0]`; undefined where the schema knows no such place */
export function nodeAt(root: SchemaNode, path: readonly PropertyKey[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const part of path) {
    if (typeof part === 'number') node = node?.items;
    else node = node?.properties?.[String(part)] ?? freeNode(node);
  }
  return node;
}

function freeNode(node: SchemaNode | undefined): SchemaNode | undefined {
  return typeof node?.additionalProperties === 'object' ? node.additionalProperties : undefined;
}
