import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/** Of one service in a plan: the shapes of the AWS provider, with texts as long as real ones. */
const bytesOfOne = 3_585;

/**
 * Writes a plan of about this size as Terraform does: planned values, changes with before and after, and the prior state, one line.
 * Every tenth change deletes, so that there is something to find.
 */
export async function writePlan(path: string, bytes: number): Promise<{ readonly changes: number }> {
  const count = Math.ceil(bytes / bytesOfOne);
  const file = createWriteStream(path);
  const write = async (text: string) => file.write(text) || (await once(file, 'drain'));
  const list = async (item: (index: number) => unknown) => {
    for (let index = 0; index < count; index += 1)
      await write(`${index === 0 ? '' : ','}${JSON.stringify(item(index))}`);
  };
  await write(
    '{"format_version":"1.2","terraform_version":"1.14.3","planned_values":{"root_module":{"resources":[',
  );
  await list((index) => ({ ...resource(index), schema_version: 1, values: values(index, 2) }));
  await write(']}},"resource_changes":[');
  await list((index) => ({ ...resource(index), change: change(index) }));
  await write('],"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[');
  await list((index) => ({ ...resource(index), schema_version: 1, values: values(index, 1) }));
  await write(']}}},"configuration":{"root_module":{}},"applyable":true,"complete":true,"errored":false}\n');
  file.end();
  await once(file, 'close');
  return { changes: count };
}

function resource(index: number) {
  return {
    address: `module.web.aws_ecs_service.app["${index}"]`,
    mode: 'managed',
    type: 'aws_ecs_service',
    name: 'app',
    index: String(index),
    provider_name: 'registry.terraform.io/hashicorp/aws',
  };
}

function change(index: number) {
  const isDelete = index % 10 === 0;
  return {
    actions: [isDelete ? 'delete' : 'update'],
    before: values(index, 1),
    after: isDelete ? null : values(index, 2),
    after_unknown: isDelete ? false : { task_definition: true },
    before_sensitive: { environment: {} },
    after_sensitive: isDelete ? false : { environment: {} },
  };
}

function values(index: number, revision: number) {
  const names = ['checkout', 'catalogue', 'accounts', 'search', 'returns', 'invoices'];
  return {
    cluster: 'arn:aws:ecs:eu-central-1:111122223333:cluster/shop-production',
    desired_count: revision + (index % 7),
    environment: Object.fromEntries(
      names.map((name) => [name, `https://${name}-${index}.internal.example/v1`]),
    ),
    network: [{ assign_public_ip: false, subnets: ['subnet-0a1b2c3d4e5f60718', 'subnet-18f7e6d5c4b3a2910'] }],
    policy_notes: '{"Version":"2012-10-17","Rules":[{"Priority":10,"Text":"only a text in JSON"}]}',
    tags: { environment: 'production', service: `app-${index}`, team: 'shop' },
  };
}
