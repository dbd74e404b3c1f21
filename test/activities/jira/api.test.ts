import assert from 'node:assert/strict';
import * as cloud from 'jira.js/cloud';
import * as api from '../../../activities/jira/api.ts';

describe('the calls of Jira that are made', () => {
  it('are those of jira.js', () => {
    for (const [name, call] of Object.entries(api))
      assert.equal(call, (cloud as Readonly<Record<string, unknown>>)[name], name);
  });
});
