import { applyChange, checkMove, checkOpen, close } from './change-case.ts';
import { CreateCase, Nothing, Page, UpdateCase, UpdateCaseStatus, UpdateResolverType } from './forms.ts';
import type { CaseEdit } from './model.ts';
import { caseOf, readBody, type Operation } from './operation.ts';
import { pageOf } from './pages.ts';
import { toCase, toListItem } from './show-case.ts';
import { conflict } from './sir-refusal.ts';
import type { createClientTokens } from './tokens.ts';

export function caseOperations(tokens: ReturnType<typeof createClientTokens<string>>): readonly Operation[] {
  return [
    {
      name: 'ListCases',
      method: 'POST',
      uri: '/v1/list-cases',
      resource: 'any',
      async handle(call) {
        const page = pageOf(call.store.all(), await readBody(call, Page), 'cases', ({ n }) => n);
        return { ...page, items: page.items.map(toListItem) };
      },
    },
    {
      name: 'GetCase',
      method: 'GET',
      uri: '/v1/cases/{caseId}/get-case',
      handle: (call) => toCase(caseOf(call)),
    },
    {
      name: 'CreateCase',
      method: 'POST',
      uri: '/v1/create-case',
      status: 201,
      resource: 'any',
      async handle(call) {
        const { clientToken, ...order } = await readBody(call, CreateCase);
        const make = () => call.store.add(order, call.by).caseId;
        return { caseId: tokens.once(clientToken, 'case', order, make, (caseId) => caseId) };
      },
    },
    {
      name: 'UpdateCase',
      method: 'POST',
      uri: '/v1/cases/{caseId}/update-case',
      async handle(call) {
        const change = await readBody(call, UpdateCase);
        const found = caseOf(call);
        checkOpen(found);
        const names = applyChange(found, change);
        if (names.length > 0)
          call.store.touch(found, call.by, 'Case Updated', `The case was changed: ${names.join(', ')}.`);
        return undefined;
      },
    },
    statusOperation,
    {
      name: 'CloseCase',
      method: 'POST',
      uri: '/v1/cases/{caseId}/close-case',
      async handle(call) {
        await readBody(call, Nothing);
        const found = caseOf(call);
        checkOpen(found);
        close(found, call.store.seconds());
        call.store.touch(found, call.by, 'Case Closed', 'The case was closed.');
        return { caseStatus: found.caseStatus, closedDate: found.closedDate };
      },
    },
    resolverOperation,
    {
      name: 'ListCaseEdits',
      method: 'POST',
      uri: '/v1/cases/{caseId}/list-case-edits',
      async handle(call) {
        const page = await readBody(call, Page);
        const { caseId, edits } = caseOf(call);
        const rows = edits.map((edit, index): readonly [CaseEdit, number] => [edit, index]);
        const shown = pageOf(rows, page, `edits ${caseId}`, ([, index]) => index);
        return { ...shown, items: shown.items.map(([edit]) => edit) };
      },
    },
  ];
}

const statusOperation: Operation = {
  name: 'UpdateCaseStatus',
  method: 'POST',
  uri: '/v1/cases/{caseId}/update-case-status',
  status: 201,
  async handle(call) {
    const { caseStatus } = await readBody(call, UpdateCaseStatus);
    const found = caseOf(call);
    checkMove(found, caseStatus);
    const message = `The status went from ${found.caseStatus} to ${caseStatus}.`;
    found.caseStatus = caseStatus;
    call.store.touch(found, call.by, 'Case Updated', message);
    return { caseStatus };
  },
};

/** From Self to AWS only: there is no way back. */
const resolverOperation: Operation = {
  name: 'UpdateResolverType',
  method: 'POST',
  uri: '/v1/cases/{caseId}/update-resolver-type',
  async handle(call) {
    const { resolverType } = await readBody(call, UpdateResolverType);
    const found = caseOf(call);
    checkOpen(found);
    if (found.resolverType === 'AWS')
      throw conflict('The case is supported by AWS already, and stays so', found.caseId);
    if (resolverType !== found.resolverType) {
      found.resolverType = resolverType;
      call.store.touch(found, call.by, 'Case Updated', 'The case was handed to AWS.');
    }
    return { caseId: found.caseId, caseStatus: found.caseStatus, resolverType };
  },
};
