/** Where adsim keeps what it has made and can make again: trained weights, and a native build. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BUILD_FILE } from '../models/tensor/native.ts';

/** ADSIM_CACHE, else the user's cache folder. */
export function cacheFolderOf(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  const own = environment['ADSIM_CACHE'];
  if (own) return own;
  if (environment['XDG_CACHE_HOME']) return join(environment['XDG_CACHE_HOME'], 'adsim');
  if (platform === 'win32' && environment['LOCALAPPDATA']) return join(environment['LOCALAPPDATA'], 'adsim', 'Cache');
  return platform === 'darwin' ? join(homedir(), 'Library', 'Caches', 'adsim') : join(homedir(), '.cache', 'adsim');
}

/** Where `adsim native` builds and looks: ADSIM_NATIVE, else a folder of the cache. */
export function nativeFolderOf(environment: NodeJS.ProcessEnv): string {
  return environment['ADSIM_NATIVE'] ?? join(cacheFolderOf(environment), 'native');
}

/** That folder where a finished build lies in it. */
export function nativeBuildOf(environment: NodeJS.ProcessEnv): string | undefined {
  const folder = nativeFolderOf(environment);
  return existsSync(join(folder, BUILD_FILE)) ? folder : undefined;
}
