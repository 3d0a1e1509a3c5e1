/** The kernel that takes in blocks of rows and adds them up (`kernels/block-sums.ts`), opened when it is first asked for. */
import { BLOCK_KERNEL } from './block-kernel-code.ts';

export interface BlockKernel {
  /** Rows of a block, and actions of a row, at most. */
  rows: number;
  actions: number;
  /** Columns of the block at hand, `rows` numbers each, in the kernel's memory. */
  reward: Float64Array;
  propensity: Float64Array;
  action: Int32Array;
  /** (rows×k) */
  evaluation: Float64Array;
  predicted: Float64Array;
  /** Where `terms` goes on with Σw, Σw², rewarded rows, Σw|r|, Σ(w·r)², largest weight, smallest and largest propensity. */
  diagnosed: Float64Array;
  /** (actions) Σ π_e of each action, and rows of each, that `terms` goes on with. */
  evaluated: Float64Array;
  logged: Float64Array;
  /** What the last call of an `add…` left: sums, sums of gaps from the first row, and sums of products of gaps. */
  sums: Float64Array;
  /** Codes of what is made of weights. */
  rules: { leave: number; clip: number; switchOff: number; shrinkLarge: number; shrinkHarmonic: number };
  /** Fills weight, expected and error of n rows of k actions, and diagnoses them; 0 where a row is bad. */
  terms(n: number, k: number, model: 0 | 1, tolerance: number): number;
  addIps(n: number, rule: number, parameter: number): void;
  addDr(n: number, rule: number, parameter: number): void;
  addDm(n: number): void;
  addSnips(n: number): void;
  addSndr(n: number): void;
}

type Calls = Pick<BlockKernel, 'terms' | 'addIps' | 'addDr' | 'addDm' | 'addSnips' | 'addSndr'>;

/** As much of WebAssembly as is used: Node's types leave it to the browser's. */
interface Wasm {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: Readonly<Record<string, unknown>> };
}

let opened: BlockKernel | undefined;

/** The only one: whoever uses it must be done with its block before anyone else may be asked. */
export function blockKernel(): BlockKernel {
  return (opened ??= open());
}

function open(): BlockKernel {
  const bytes = Uint8Array.from(atob(BLOCK_KERNEL), (letter) => letter.charCodeAt(0));
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
  const { exports } = new Instance(new Module(bytes));
  const { buffer } = exports['memory'] as { buffer: ArrayBuffer };
  const constant = (name: string): number => (exports[name] as { value: number }).value;
  const [rows, actions] = [constant('ROWS'), constant('ACTIONS')];
  const numbers = (place: string, length: number): Float64Array => new Float64Array(buffer, constant(place), length);
  const { terms, addIps, addDr, addDm, addSnips, addSndr } = exports as unknown as Calls;
  return {
    rows,
    actions,
    reward: numbers('placeReward', rows),
    propensity: numbers('placePropensity', rows),
    action: new Int32Array(buffer, constant('placeAction'), rows),
    evaluation: numbers('placeEvaluation', rows * actions),
    predicted: numbers('placePredicted', rows * actions),
    diagnosed: numbers('placeDiagnosed', 8),
    evaluated: numbers('placeEvaluated', actions),
    logged: numbers('placeLogged', actions),
    sums: numbers('placeSums', 12),
    rules: {
      leave: constant('LEAVE'),
      clip: constant('CLIP'),
      switchOff: constant('SWITCH_OFF'),
      shrinkLarge: constant('SHRINK_LARGE'),
      shrinkHarmonic: constant('SHRINK_HARMONIC'),
    },
    terms,
    addIps,
    addDr,
    addDm,
    addSnips,
    addSndr,
  };
}
