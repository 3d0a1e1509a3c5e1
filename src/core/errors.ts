/**
 * Somebody's input is wrong: one clear sentence that says what, where and what to do. The command line prints the
 * message alone and exits with 2; any other error is a failure of ours and exits with 1.
 */
export class InputError extends Error {
  override name = 'InputError';
}
