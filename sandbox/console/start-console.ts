import type { SandboxVendors } from '../stack/vendors.ts';

export async function startConsole(_options: { vendors: SandboxVendors; uiUrl: string; port?: number }) {
  return { url: 'http://127.0.0.1:0', stop: async () => {} };
}
