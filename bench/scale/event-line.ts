/** What happens next: events by their time, in a binary heap; those of one time in the order in which they were added. */

export interface TimedEvent<What> {
  readonly at: number;
  readonly what: What;
}

export interface EventLine<What> {
  add(at: number, what: What): void;
  /** The earliest, which is taken out; null when there is none. */
  take(): TimedEvent<What> | null;
}

export function createEventLine<What>(): EventLine<What> {
  const heap: (TimedEvent<What> & { readonly number: number })[] = [];
  let added = 0;
  const isBefore = (one: number, other: number): boolean => {
    const [a, b] = [heap[one], heap[other]];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.number < b.number);
  };
  const swap = (one: number, other: number): void => {
    const [a, b] = [heap[one], heap[other]];
    if (a === undefined || b === undefined) return;
    heap[one] = b;
    heap[other] = a;
  };
  return {
    add(at, what) {
      heap.push({ at, what, number: added });
      added += 1;
      for (let place = heap.length - 1; place > 0; ) {
        const above = (place - 1) >> 1;
        if (!isBefore(place, above)) break;
        swap(place, above);
        place = above;
      }
    },
    take() {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined) return null;
      if (heap.length === 0) return first;
      heap[0] = last;
      for (let place = 0; ; ) {
        const [left, right] = [2 * place + 1, 2 * place + 2];
        let least = isBefore(left, place) ? left : place;
        if (isBefore(right, least)) least = right;
        if (least === place) return first;
        swap(place, least);
        place = least;
      }
    },
  };
}
