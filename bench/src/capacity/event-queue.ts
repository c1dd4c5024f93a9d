export interface Timed {
  readonly atMs: number;
}

/** What is still to happen, the earliest first; what is due at the same time comes in any order. */
export interface EventQueue<E extends Timed> {
  push(event: E): void;
  /** Null when nothing is left. */
  pop(): E | null;
}

/** A binary heap. */
export function createEventQueue<E extends Timed>(): EventQueue<E> {
  const heap: E[] = [];

  return {
    push(event) {
      let index = heap.length;
      heap.push(event);
      while (index > 0) {
        const parentIndex = (index - 1) >> 1;
        const parent = heap[parentIndex];
        if (parent === undefined || parent.atMs <= event.atMs) break;
        heap[index] = parent;
        index = parentIndex;
      }
      heap[index] = event;
    },

    pop() {
      const [first] = heap;
      const last = heap.pop();
      if (first === undefined || last === undefined) return null;
      const { length } = heap;
      if (length === 0) return first;
      let index = 0;
      for (;;) {
        let childIndex = 2 * index + 1;
        let child = heap[childIndex];
        if (child === undefined) break;
        const right = heap[childIndex + 1];
        if (right !== undefined && right.atMs < child.atMs) {
          childIndex += 1;
          child = right;
        }
        if (child.atMs >= last.atMs) break;
        heap[index] = child;
        index = childIndex;
      }
      heap[index] = last;
      return first;
    },
  };
}
