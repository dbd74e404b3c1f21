import os from 'node:os';
import path from 'node:path';

/** Where built and downloaded tools are kept between checkouts: `$LOCKKEEPER_CACHE`, else the user's cache directory. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env['LOCKKEEPER_CACHE']) return env['LOCKKEEPER_CACHE'];
  return path.join(env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'lockkeeper');
}
