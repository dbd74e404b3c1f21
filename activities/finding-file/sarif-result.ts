import { createHash } from 'node:crypto';
import type { DetailRow, FieldValues, Finding, Severity } from '../../workflows/halo-sync/finding.ts';
import { cutText } from '../plain-text.ts';
import { contentHashOf, severityOfScore, webUrl, type FileFinding } from './finding-row.ts';
import type { SarifLocation, SarifResult, SarifRule, SarifRun } from './sarif-schema.ts';

const mostCharacters = 20_000;
const mostItems = 100;
const cveForm = /\bCVE-\d{4}-\d{4,10}\b/g;

interface Place {
  /** Empty: the result is about nothing in particular. */
  readonly uri: string;
  readonly line: number | null;
  readonly snippet: string;
  readonly symbol: string;
}

/** @param raw the result as it is in the file */
export function toSarifFinding(
  run: SarifRun,
  result: SarifResult,
  raw: unknown,
  writtenAt: string,
): FileFinding {
  const rule = ruleOf(run, result);
  const ruleId = result.ruleId ?? result.rule?.id ?? rule?.id ?? 'none';
  const places = result.locations.map((location) => placeOf(run, location));
  const place = places[0] ?? { uri: '', line: null, snippet: '', symbol: '' };
  const message = messageOf(result, rule);
  const severity = severityOf(result, rule);
  const repository = run.versionControlProvenance[0]?.repositoryUri ?? null;
  const tags = [...new Set([...(rule?.properties?.tags ?? []), ...(result.properties?.tags ?? [])])];
  const content = {
    type: toType(run.tool.driver.name),
    // of the rule, so that findings of one rule look alike; what it says of this one is in the details
    name: cutText(rule?.shortDescription?.text || rule?.name || message, mostCharacters),
    severity,
    critical: severity === 'critical',
    url: webUrl(result.hostedViewerUri) ?? webUrl(rule?.helpUri),
    asset: place.uri === '' ? null : { ref: place.uri, name: place.uri, type: 'file' },
    cves: [...new Set([ruleId, ...tags].flatMap((text) => text.match(cveForm) ?? []))],
    fields: toFields(run, { ruleId, rule, place, repository, tags, level: levelOf(result, rule) }),
  };
  const firstSeenAt = timeOf(result.provenance?.firstDetectionTimeUtc) ?? writtenAt;
  const suppression = suppressionOf(result);
  const isResolved = suppression !== undefined || result.baselineState === 'absent';
  const finding: Finding = {
    id: idOf(run, result, { ruleId, place, message, repository }),
    ...content,
    status: isResolved ? 'resolved' : 'active',
    ...{ createdAt: firstSeenAt, firstSeenAt, changedAt: writtenAt },
    resolvedAt: isResolved ? writtenAt : null,
    resolvedBy: suppression ? `suppression (${suppression.kind})` : null,
    resolutionComment: suppression?.justification ?? null,
    // a result has no news: what changes of it is its content
    latest: null,
    contentHash: contentHashOf(content, [{ label: 'message', value: message }]),
  };
  return {
    finding,
    asset: null,
    latest: {
      title: `${run.tool.driver.name}: ${ruleId}`,
      rows: toRows([
        ['message', message],
        ['code', place.snippet],
        ['in', place.symbol],
        ['description', rule?.fullDescription?.text ?? rule?.help?.text ?? ''],
      ]),
      items: places.slice(0, mostItems).map(({ uri, line }) => (line === null ? uri : `${uri}:${line}`)),
    },
    cves: content.cves.map((id) => ({ id, score: scoreOf(result, rule), summary: null })),
    raw: { tool: run.tool.driver.name, rule: rule ?? null, result: raw },
  };
}

/** §3.27.6: by the component that the rule is of, else of the driver; by its index, else by its id. */
function ruleOf({ tool }: SarifRun, result: SarifResult): SarifRule | undefined {
  const component = result.rule?.toolComponent?.index;
  const rules = (component === undefined ? tool.driver : tool.extensions[component])?.rules ?? [];
  const index = result.rule?.index ?? result.ruleIndex ?? -1;
  const id = result.ruleId ?? result.rule?.id;
  return rules[index] ?? rules.find((rule) => rule.id === id);
}

/**
 * The standard's own word for "the same result as before", else a hint with what it hints at, else where it is. With the name of tool
 * and repository: two tools may have one file.
 */
function idOf(
  { tool }: SarifRun,
  { fingerprints, partialFingerprints, correlationGuid }: SarifResult,
  known: { ruleId: string; place: Place; message: string; repository: string | null },
): string {
  const { ruleId, place, message, repository } = known;
  const same = [tool.driver.name, repository, ruleId];
  const identity =
    correlationGuid !== undefined
      ? ['guid', correlationGuid]
      : Object.keys(fingerprints).length > 0
        ? ['fingerprints', ...same, ...sorted(fingerprints)]
        : Object.keys(partialFingerprints).length > 0
          ? ['partial', ...same, place.uri, ...sorted(partialFingerprints)]
          : ['place', ...same, place.uri, place.line, place.symbol, message];
  return `sarif-${createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32)}`;
}

const sorted = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).sort(([one], [other]) => (one < other ? -1 : 1));

/** §3.27.10: a level of its own, else that of the rule, else a warning; a result that is no failure has none. */
function levelOf({ level, kind }: SarifResult, rule: SarifRule | undefined) {
  return level ?? (kind === 'fail' ? (rule?.defaultConfiguration?.level ?? 'warning') : 'none');
}

/** `security-severity`, a score, is what code scanners agreed on; the levels are made for compilers and know no critical. */
function severityOf(result: SarifResult, rule: SarifRule | undefined): Severity {
  const score = scoreOf(result, rule);
  if (score !== null) return severityOfScore(score);
  const ofLevel = { error: 'high', warning: 'medium', note: 'low', none: 'unknown' } as const;
  return ofLevel[levelOf(result, rule)];
}

function scoreOf(result: SarifResult, rule: SarifRule | undefined): number | null {
  const value = result.properties?.['security-severity'] ?? rule?.properties?.['security-severity'];
  const score = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof score === 'number' && score >= 0 && score <= 10 ? score : null;
}

/** §3.11: a text, or one of the rule's with the arguments put in. */
function messageOf({ message }: SarifResult, rule: SarifRule | undefined): string {
  const text = message.text ?? rule?.messageStrings[message.id ?? '']?.text;
  const filled = text?.replace(/\{(\d{1,3})\}/g, (whole, index) => message.arguments[Number(index)] ?? whole);
  return filled || rule?.shortDescription?.text || rule?.id || 'no message';
}

/** §3.35.3: one that is under review or was rejected suppresses nothing. */
function suppressionOf({ suppressions }: SarifResult) {
  const isOpen = suppressions.some(({ status = 'accepted' }) => status !== 'accepted');
  return isOpen ? undefined : suppressions[0];
}

function placeOf({ artifacts }: SarifRun, { physicalLocation, logicalLocations }: SarifLocation): Place {
  const { artifactLocation, region } = physicalLocation ?? {};
  const uri = artifactLocation?.uri ?? artifacts[artifactLocation?.index ?? -1]?.location?.uri ?? '';
  const symbol = logicalLocations[0]?.fullyQualifiedName ?? logicalLocations[0]?.name ?? '';
  return { uri, line: region?.startLine ?? null, snippet: region?.snippet?.text ?? '', symbol };
}

function toFields(
  { tool }: SarifRun,
  known: {
    readonly ruleId: string;
    readonly rule: SarifRule | undefined;
    readonly place: Place;
    readonly repository: string | null;
    readonly tags: readonly string[];
    readonly level: string;
  },
): FieldValues {
  const { ruleId, rule, place, repository, tags, level } = known;
  return {
    issue_rule_key: ruleId,
    issue_policy_name: tool.driver.name,
    asset_group_name: repository,
    'issue.level': level,
    'issue.rule_name': rule?.name ?? null,
    'issue.tags': tags,
    'issue.line': place.line,
    'issue.symbol': place.symbol || null,
  };
}

function toRows(rows: readonly (readonly [label: string, value: string])[]): DetailRow[] {
  return rows
    .map(([label, value]) => ({ label, value: value.slice(0, 4_000) }))
    .filter(({ value }) => value !== '');
}

/** `CodeQL` is `codeql`: the word that the configuration's `types` name. */
function toType(tool: string): string {
  const word = tool.toLowerCase().replace(/[^a-z0-9_]+/g, '-');
  return (
    word
      .replace(/^[^a-z]+/, '')
      .slice(0, 40)
      .replace(/-+$/, '') || 'sarif'
  );
}

function timeOf(text: string | undefined): string | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
