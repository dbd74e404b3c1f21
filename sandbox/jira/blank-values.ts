import type { SandboxPerson } from '../shared/people.ts';
import { defaultPriority } from './configuration.ts';
import type { IssueValues } from './model.ts';

/** What a new issue has before anybody fills it. */
export function blankValues(reporter: SandboxPerson): IssueValues {
  return {
    summary: '',
    description: null,
    labels: [],
    priority: defaultPriority,
    assignee: null,
    reporter,
    components: [],
    customfield_10050: null,
    customfield_10061: null,
    customfield_10062: null,
    customfield_10063: null,
    customfield_10064: null,
    customfield_10065: null,
    customfield_10066: null,
    customfield_10067: null,
    customfield_10068: null,
    customfield_10069: null,
    customfield_10070: null,
    customfield_10071: null,
    duedate: null,
    customfield_10080: null,
    customfield_10081: null,
    customfield_10082: null,
    customfield_10083: null,
    customfield_10084: null,
    customfield_10085: null,
    customfield_10086: null,
    security: null,
    customfield_10090: null,
    customfield_10091: [],
    customfield_10092: null,
    customfield_10093: null,
    customfield_10100: null,
    customfield_10101: [],
    customfield_10102: null,
    customfield_10103: null,
  };
}
