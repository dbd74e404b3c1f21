/** What `Agent-Version` may be (P-10): three groups of ASCII digits, no leading zeros, nothing before or after. */
export type VersionCheck =
  { readonly valid: true; readonly version: string } | { readonly valid: false; readonly reason: string };

const maxLength = 32;
const group = '(?:0|[1-9][0-9]*)';
const pattern = new RegExp(`^${group}\\.${group}\\.${group}$`);

/**
 * The field is taken exactly as typed: it is not trimmed, because the same text becomes an object key.
 * @param value Agent-Version as Jira holds it; null when empty
 */
export function parseAgentVersion(value: string | null): VersionCheck {
  if (value === null || value === '') return { valid: false, reason: 'empty' };
  if (value.length > maxLength) return { valid: false, reason: `longer than ${maxLength} characters` };
  if (!pattern.test(value))
    return { valid: false, reason: 'not three numbers without leading zeros, joined by dots' };
  return { valid: true, version: value };
}
