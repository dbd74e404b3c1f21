import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Member>>;
  readonly member?: Member;
  readonly key?: Member;
  readonly value?: Member;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly error?: { readonly httpStatusCode: number };
  readonly fault?: boolean;
}

interface Member {
  readonly shape: string;
  readonly location?: string;
}

interface OperationModel {
  readonly name: string;
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode: number };
  readonly output?: Member;
  readonly errors: readonly Member[];
}

interface ServiceModel {
  readonly operations: Readonly<Record<string, OperationModel>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export type ModelJudge = ReturnType<typeof judgeOf>;

/** AWS's own model as a judge of answers; undefined without SPECS_DIR. */
export function createModelJudge(): ModelJudge | undefined {
  const folder = process.env['SPECS_DIR'];
  if (!folder) return undefined;
  return judgeOf(
    JSON.parse(readFileSync(path.join(folder, 'security-ir.model.json'), 'utf8')) as ServiceModel,
  );
}

/** The stand-in's URLs lead to 127.0.0.1 and its port, which is no host for AWS. */
const different = new Set(['Url']);

function judgeOf({ operations, shapes }: ServiceModel) {
  const routes = Object.values(operations).map((operation) => ({
    operation,
    path: new RegExp(`^${operation.http.requestUri.replace(/\{\w+\}/g, '[^/]+')}$`),
  }));

  function faults(name: string, value: unknown, at: string): string[] {
    const shape = shapes[name];
    if (!shape) return [`${at}: no shape ${name}`];
    switch (shape.type) {
      case 'structure':
        return structureFaults(shape, value, at);
      case 'list': {
        if (!Array.isArray(value)) return [`${at}: no list`];
        const size = sizeFaults(shape, value.length, at);
        return [
          ...size,
          ...value.flatMap((item, index) => faults(shape.member?.shape ?? '', item, `${at}[${index}]`)),
        ];
      }
      case 'map': {
        if (typeof value !== 'object' || value === null) return [`${at}: no map`];
        return Object.entries(value).flatMap(([key, item]) => [
          ...faults(shape.key?.shape ?? '', key, `${at} key`),
          ...faults(shape.value?.shape ?? '', item, `${at}.${key}`),
        ]);
      }
      case 'string':
        return typeof value === 'string' ? stringFaults(name, shape, value, at) : [`${at}: no string`];
      case 'boolean':
        return typeof value === 'boolean' ? [] : [`${at}: no boolean`];
      default:
        return typeof value === 'number' && Number.isFinite(value) ? [] : [`${at}: no number`];
    }
  }

  function structureFaults({ required = [], members = {} }: Shape, value: unknown, at: string): string[] {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at}: no object`];
    const missing = required.filter((key) => !(key in value)).map((key) => `${at}.${key}: missing`);
    const inside = Object.entries(value).flatMap(([key, item]) => {
      const member = members[key];
      return member ? faults(member.shape, item, `${at}.${key}`) : [`${at}.${key}: not in the model`];
    });
    return [...missing, ...inside];
  }

  return {
    operations,
    /** What is wrong with an answer; empty: nothing. */
    answerFaults(
      method: string,
      pathname: string,
      answer: { status: number; type: string | null; body: unknown },
    ) {
      const route = routes.find(
        ({ operation, path: form }) => operation.http.method === method && form.test(pathname),
      );
      if (!route) return [`${method} ${pathname}: no operation`];
      const { name, http, output, errors } = route.operation;
      if (answer.type === null) {
        const status = answer.status === http.responseCode ? [] : [`${name}: status ${answer.status}`];
        const body = http.responseCode === 204 ? {} : answer.body;
        return [...status, ...faults(output?.shape ?? '', body, name)];
      }
      const error = errors.find(({ shape }) => shape === answer.type);
      if (!error) return [`${name}: ${answer.type} is no error of it`];
      const expected = shapes[error.shape]?.error?.httpStatusCode;
      const status = expected === answer.status ? [] : [`${name}: ${answer.type} with ${answer.status}`];
      return [...status, ...faults(error.shape, answer.body, `${name} ${answer.type}`)];
    },
    /** Bounds of a string or list, for tests that go to the edge. */
    bounds: (name: string) => ({ min: shapes[name]?.min, max: shapes[name]?.max }),
    enumOf: (name: string) => shapes[name]?.enum ?? [],
  };
}

function stringFaults(name: string, shape: Shape, value: string, at: string): string[] {
  if (shape.enum && !shape.enum.includes(value)) return [`${at}: ${value} is not in the enum`];
  const pattern =
    shape.pattern !== undefined && !different.has(name) ? new RegExp(`^(?:${shape.pattern})$`) : null;
  return [
    ...sizeFaults(shape, value.length, at),
    ...(pattern && !pattern.test(value) ? [`${at}: ${value} is not like ${shape.pattern}`] : []),
  ];
}

function sizeFaults({ min = 0, max = Infinity }: Shape, size: number, at: string): string[] {
  return size < min || size > max ? [`${at}: size ${size}`] : [];
}
