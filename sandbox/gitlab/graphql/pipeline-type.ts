import type { Pipeline } from '../pipeline.ts';
import type { ProjectState } from '../project-state.ts';
import { findingsOf, reportKinds, reportOf, type Finding } from '../security-report.ts';
import { connectionOf, page, paging, text } from './connection.ts';
import type { Arguments, Field, ObjectType } from './run-query.ts';

const scanner: ObjectType = {
  name: 'VulnerabilityScanner',
  fields: {
    externalId: text(({ id }: Finding['scanner']) => id),
    name: text(({ name }: Finding['scanner']) => name),
  },
};

const identifier: ObjectType = {
  name: 'VulnerabilityIdentifier',
  fields: {
    externalType: text(({ type }: Finding['identifiers'][number]) => type),
    externalId: text(({ value }: Finding['identifiers'][number]) => value),
    name: text(({ name }: Finding['identifiers'][number]) => name),
  },
};

const finding: ObjectType = {
  name: 'PipelineSecurityReportFinding',
  fields: {
    uuid: text(({ uuid }: Finding) => uuid),
    title: text(({ title }: Finding) => title),
    severity: text(({ severity }: Finding) => severity.toUpperCase()),
    state: text(({ state }: Finding) => state.toUpperCase()),
    reportType: text(({ reportType }: Finding) => reportType.toUpperCase()),
    solution: text(({ solution }: Finding) => solution),
    description: text(({ description }: Finding) => description),
    falsePositive: text(() => false),
    scanner: { type: () => scanner, resolve: (source: Finding) => source.scanner },
    identifiers: { type: () => identifier, resolve: ({ identifiers }: Finding) => identifiers },
  },
};
const findings = connectionOf('PipelineSecurityReportFindingConnection', () => finding);

type PipelineOf = { readonly state: ProjectState; readonly pipeline: Pipeline };

const section: ObjectType = {
  name: 'SecurityReportSummarySection',
  fields: { vulnerabilitiesCount: text((count: number) => count) },
};

/** null for a type of which the pipeline has no report (gitlab#223073). */
const summary: ObjectType = {
  name: 'SecurityReportSummary',
  fields: Object.fromEntries(
    reportKinds.map((kind): [string, Field] => {
      const count = ({ pipeline: of }: PipelineOf) => reportOf(of, kind)?.length ?? null;
      const field = kind.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      return [field, { type: () => section, resolve: count }];
    }),
  ),
};

/** Dismissed findings are left out unless `state` is given (contracts §5). */
function selectFindings({ state, pipeline: of }: PipelineOf, args: Arguments): Finding[] {
  const listed = (name: string) => args[name] as readonly string[] | null | undefined;
  const states = listed('state') ?? ['DETECTED'];
  const has = (name: string, value: string) => listed(name)?.includes(value.toUpperCase()) ?? true;
  return findingsOf(of, state.dismissed)
    .filter((one) => states.includes(one.state.toUpperCase()))
    .filter((one) => has('severity', one.severity) && has('reportType', one.reportType));
}

/** With its security findings, as Ultimate has them. */
export const pipelineType: ObjectType = {
  name: 'Pipeline',
  fields: {
    iid: text(({ pipeline: { iid } }: PipelineOf) => String(iid)),
    status: text(({ pipeline: { status } }: PipelineOf) => status.toUpperCase()),
    sha: text(({ pipeline: { sha } }: PipelineOf) => sha),
    securityReportSummary: { type: () => summary, resolve: (source: PipelineOf) => source },
    securityReportFindings: {
      args: ['state', 'severity', 'reportType', 'scanner', ...paging],
      type: () => findings,
      resolve: (source: PipelineOf, args) => page(selectFindings(source, args), args),
    },
  },
};
