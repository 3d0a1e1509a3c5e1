/** SHA-256 of things that must be equal. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import canonicalize from 'canonicalize';

/** Hex digest of bytes or text. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Hex digest of a file of any size. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** Hex digest of a JSON value in canonical form (RFC 8785): independent of the order of keys. Throws RangeError on NaN. */
export function digestOf(value: unknown): string {
  return sha256(canonicalize(JSON.parse(JSON.stringify(value, refuseNonFinite))) ?? '');
}

/** JSON would write NaN as null, and two unlike things would have one digest. */
function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`digest: ${key} is ${value}`);
  return value;
}
