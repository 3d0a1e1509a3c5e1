/** Conversions under way: a heap of what will be known later, earliest first. */

/** A conversion that will be seen. */
export interface PendingConversion {
  /** [h] when it is seen. */
  due: number;
  /** [h] when the ad was clicked. */
  clicked: number;
  player: number;
  impression: number;
  slot: number;
  user: number;
  action: number;
  revenueUsd: number;
  /** What it adds to the reward. */
  reward: number;
}

export interface Pending {
  add(one: PendingConversion): void;
  /** Takes the earliest if it is due by `hour`. Of those due at once, in the order of impressions. */
  take(hour: number): PendingConversion | undefined;
  clear(): void;
}

/** An empty binary heap. */
export function pendingConversions(): Pending {
  const heap: PendingConversion[] = [];
  return { add, take, clear: () => (heap.length = 0) };

  function add(one: PendingConversion): void {
    heap.push(one);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!earlier(heap[at], heap[parent])) break;
      [heap[at], heap[parent]] = [heap[parent], heap[at]];
      at = parent;
    }
  }

  function take(hour: number): PendingConversion | undefined {
    if (heap.length === 0 || heap[0].due > hour) return undefined;
    const first = heap[0];
    const last = heap.pop() as PendingConversion;
    if (heap.length > 0) {
      heap[0] = last;
      sink();
    }
    return first;
  }

  function sink(): void {
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      if (left >= heap.length) return;
      const child = left + 1 < heap.length && earlier(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!earlier(heap[child], heap[at])) return;
      [heap[at], heap[child]] = [heap[child], heap[at]];
      at = child;
    }
  }
}

function earlier(a: PendingConversion, b: PendingConversion): boolean {
  return (
    a.due < b.due ||
    (a.due === b.due && (a.impression < b.impression || (a.impression === b.impression && a.slot < b.slot)))
  );
}
