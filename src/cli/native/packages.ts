/** The npm packages that a native build is made of. They are fetched when it is made: adsim does not depend on them. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { complaintOf, run } from './command.ts';

interface Package {
  name: string;
  version: string;
  /** Of its archive, base64: what was tried is what is compiled. */
  sha512: string;
}

export const TFJS_NODE: Package = {
  name: '@tensorflow/tfjs-node',
  version: '4.22.0',
  sha512: 'uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
};

const HEADERS: Package = {
  name: 'node-api-headers',
  version: '1.7.0',
  sha512: 'uJMGdkhVwu9+I3UsVvI3KW6ICAy/yDfsu5Br9rSnTtY3WpoaComXvKloiV5wtx0Md2rn0B9n29Ys2WMNwWxj9A==',
};

/** Fetches a package's archive and unpacks it into `folder`/package; nothing of it is run. Throws InputError where that fails. */
export async function fetchPackage({ name, version, sha512 }: Package, folder: string): Promise<string> {
  const what = `${name}@${version}`;
  const words = ['pack', what, '--silent', '--prefer-offline', '--ignore-scripts', '--pack-destination', folder];
  const packed = await run('npm', words, { cwd: folder, seconds: 180 });
  const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (packed.code !== 0 || archive === undefined) {
    throw new InputError(
      `npm could not fetch ${what}: ${complaintOf(packed)}; ` +
        `where there is no registry, run \`npm cache add ${what}\` with a copy of npm's cache from a machine that has one`,
    );
  }
  const found = createHash('sha512')
    .update(readFileSync(join(folder, archive)))
    .digest('base64');
  if (found !== sha512) {
    throw new InputError(`npm's ${what} is not the one that adsim was tried with: ask your registry why it differs`);
  }
  const opened = await run('tar', ['-xzf', archive], { cwd: folder, seconds: 60 });
  if (opened.code !== 0) throw new InputError(`tar could not open ${archive}: ${complaintOf(opened)}`);
  return join(folder, 'package');
}

/** The folder of `node_api.h`: beside this Node where it was installed with headers, else from npm. */
export async function nodeHeaders(scratch: string): Promise<string> {
  const beside = join(dirname(process.execPath), '..', 'include', 'node');
  if (existsSync(join(beside, 'node_api.h'))) return beside;
  return join(await fetchPackage(HEADERS, scratch), 'include');
}
