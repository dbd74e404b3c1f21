/**
 * Addresses of assets and scan results come from outside. Of each only the path counts, and that only in a form that Halo is known
 * to have: it is asked at our own base URL, so that no answer can send the token elsewhere.
 */
const id = '[A-Za-z0-9-]{1,64}';
const assetForm = new RegExp(`^/v1/servers/${id}$`);
const latestForms = [new RegExp(`^/v1/scans/${id}/findings/${id}$`), new RegExp(`^/v1/events/${id}$`)];

/** A longer one is none that we know; it is kept short, as it is compared and shown. */
const longest = 300;

/** @returns null when it is no URL */
export function pathOf(url: unknown): string | null {
  if (typeof url !== 'string' || url === '') return null;
  const parsed = URL.parse(url, 'https://halo.invalid');
  return parsed && parsed.pathname.slice(0, longest);
}

export function isAssetPath(path: string): boolean {
  return assetForm.test(path);
}

export function isLatestPath(path: string): boolean {
  return latestForms.some((form) => form.test(path));
}
