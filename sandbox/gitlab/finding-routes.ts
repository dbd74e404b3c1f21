import type { VendorResponse } from '../shared/front.ts';
import type { ApiCall, ApiRoute } from './api-router.ts';
import { toProject } from './entities.ts';
import { pageOf } from './paging.ts';
import { findingsOf, type Finding } from './security-report.ts';

/** `GET /projects/:id/vulnerability_findings` (Ultimate): of the newest pipeline unless one is named; dismissed ones only with `scope=all`. */
export function findingRoutes(): ApiRoute[] {
  function list(call: ApiCall): VendorResponse {
    const { store, dismissed } = call.state;
    const { query } = call.request;
    const id = query.get('pipeline_id');
    const pipeline = id === null ? store.pipelines.at(-1) : store.pipeline(Number(id));
    const found = pipeline ? findingsOf(pipeline, dismissed) : [];
    const chosen = found
      .filter(({ state }) => state !== 'dismissed' || query.get('scope') === 'all')
      .filter(({ severity }) => (query.get('severity') ?? severity) === severity)
      .filter(({ reportType }) => (query.get('report_type') ?? reportType) === reportType);
    return pageOf(
      chosen.map((finding, index) => toFinding(finding, index, call)),
      call.request,
      call.baseUrl,
    );
  }

  return [
    { method: 'GET', pattern: '/projects/:id/vulnerability_findings', role: 'developer', handle: list },
  ];
}

function toFinding(finding: Finding, index: number, { state, user, baseUrl }: ApiCall) {
  const { uuid, reportType, title, severity, scanner, identifiers, location } = finding;
  return {
    ...{ id: index + 1, uuid, report_type: reportType, name: title, severity, confidence: 'unknown' },
    scanner: { external_id: scanner.id, name: scanner.name, vendor: 'GitLab' },
    identifiers: identifiers.map(({ type, name, value }) => ({
      ...{ external_type: type, external_id: value, name, url: null },
    })),
    ...{ project_fingerprint: uuid, state: finding.state, project: toProject(state.project, user, baseUrl) },
    ...{ dismissal_feedback: null, issue_feedback: null, merge_request_feedback: null },
    ...{ description: finding.description, links: [], location, solution: finding.solution, blob_path: null },
  };
}
