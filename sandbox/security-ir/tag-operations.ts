import type { StoredCase } from './model.ts';
import { TagResource } from './forms.ts';
import { readBody, type Operation, type SirCall } from './operation.ts';
import { invalidField, notFound } from './sir-refusal.ts';

const form = /^arn:aws:security-ir:[a-z0-9-]+:[0-9]{12}:case\/([0-9]{10,32})$/;
const mostTags = 200;

function taggedOf({ store, labels }: SirCall): StoredCase {
  const arn = labels['resourceArn'] ?? '';
  const caseId = form.exec(arn)?.[1];
  if (caseId === undefined) throw invalidField('resourceArn', 'is no ARN of a case');
  const found = store.find(caseId);
  if (found?.caseArn !== arn) throw notFound(arn);
  return found;
}

/** Tags of cases; they leave no trace in a case's times or history, and no event. */
export const tagOperations: readonly Operation[] = [
  {
    name: 'ListTagsForResource',
    method: 'GET',
    uri: '/v1/tags/{resourceArn}',
    handle: (call) => ({ tags: taggedOf(call).tags }),
  },
  {
    name: 'TagResource',
    method: 'POST',
    uri: '/v1/tags/{resourceArn}',
    status: 204,
    async handle(call) {
      const { tags } = await readBody(call, TagResource);
      const found = taggedOf(call);
      const all = { ...found.tags, ...tags };
      if (Object.keys(all).length > mostTags) throw invalidField('tags', `at most ${mostTags}`);
      found.tags = all;
      return undefined;
    },
  },
  {
    name: 'UntagResource',
    method: 'DELETE',
    uri: '/v1/tags/{resourceArn}',
    handle(call) {
      const keys = new Set(call.request.query.getAll('tagKeys'));
      if (keys.size === 0) throw invalidField('tagKeys', 'at least one');
      const found = taggedOf(call);
      found.tags = Object.fromEntries(Object.entries(found.tags).filter(([key]) => !keys.has(key)));
      return undefined;
    },
  },
];
