import assert from 'node:assert/strict';
import { changeFieldNames, isLongField, startJira, type RunningJira } from './jira-site.ts';

describe('jira sandbox: what the site says of change requests', () => {
  let jira: RunningJira;
  before(async () => {
    jira = await startJira();
  });
  after(() => jira.stop());

  it('lists each field with type and names; Environment and Project are Jira’s own as well', async () => {
    const fields = await jira.as('dana').issueFields.getFields();
    const found = (name: string) => fields.filter((field) => field.name === name);
    for (const [id, name] of Object.entries(changeFieldNames)) {
      const [field] = found(name).filter(({ custom }) => custom);
      assert.equal(field?.id, id);
      assert.match(field?.schema?.custom ?? '', isLongField(id) ? /:textarea$/ : /:textfield$/);
      assert.equal(field?.schema?.customId, Number(id.replace(/\D/g, '')));
    }
    assert.deepEqual(
      found('Environment').map(({ id, clauseNames }) => [id, clauseNames]),
      [
        ['environment', ['environment']],
        ['customfield_10061', ['cf[10061]']],
      ],
    );
    assert.deepEqual(
      found('Project').map(({ id }) => id),
      ['project', 'customfield_10062'],
    );
    assert.deepEqual(found('Build number')[0]?.clauseNames, [
      'cf[10064]',
      'Build number',
      'Build number[Short text]',
    ]);
  });

  it('describes the create screen: only the summary is required, components are the project’s', async () => {
    const call = { projectIdOrKey: 'PRODCM', issueTypeId: '10004' };
    const { fields = [] } = await jira.as('dana').issues.getCreateIssueMetaIssueTypeId(call);
    const ids = fields.map(({ fieldId }) => fieldId);
    for (const id of Object.keys(changeFieldNames)) assert.ok(ids.includes(id), id);
    assert.deepEqual(
      fields.filter(({ required }) => required).map(({ fieldId }) => fieldId),
      ['summary'],
    );
    const components = fields.find(({ fieldId }) => fieldId === 'components');
    const allowed = components?.allowedValues as { name: string }[];
    assert.deepEqual(
      allowed.map(({ name }) => name),
      ['web', 'api', 'infrastructure'],
    );
  });

  it('describes the project with its types and components', async () => {
    const project = await jira.as('dana').projects.getProject({ projectIdOrKey: 'PRODCM' });
    const none = await jira.as('dana').projects.getProject({ projectIdOrKey: 'DEVOPS' });
    assert.equal(project.name, 'Production change management');
    assert.deepEqual(
      project.issueTypes?.map(({ name }) => name),
      ['Change Request', 'Task'],
    );
    assert.deepEqual(
      project.components?.map(({ id, name }) => [id, name]),
      [
        ['10100', 'web'],
        ['10101', 'api'],
        ['10102', 'infrastructure'],
      ],
    );
    assert.deepEqual(none.components, []);
  });
});
