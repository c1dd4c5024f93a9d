/** Requests of one route and method by how they were answered. */
export interface RequestCount {
  route: string;
  method: string;
  /** The first digit, such as `2xx`; `aborted` when the client was gone before its answer. */
  status: string;
  count: number;
}

/** Counts requests by what there is a bounded number of. */
export interface RequestCounts {
  /**
   * @param route - The pattern, not the path that was asked for; undefined: there is no such route.
   * @param status - Null when there was nobody left to be answered.
   */
  add(route: string | undefined, method: string, status: number | null): void;
  list(): RequestCount[];
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS']);

const STATUS_CLASSES = ['aborted', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;

export function createRequestCounts(): RequestCounts {
  const routes = new Map<string, Map<string, number[]>>();

  function countsOf(route: string, method: string): number[] {
    const methods = routes.get(route) ?? new Map<string, number[]>();
    routes.set(route, methods);
    const counts = methods.get(method) ?? STATUS_CLASSES.map(() => 0);
    methods.set(method, counts);
    return counts;
  }

  return {
    add(route, method, status) {
      // Of routes that there are not, anything may be asked with any method.
      const counts =
        route === undefined
          ? countsOf('other', 'other')
          : (routes.get(route)?.get(method) ??
            countsOf(route, METHODS.has(method) ? method : 'other'));
      const statusClass = status === null ? 0 : Math.floor(status / 100);
      counts[statusClass] = (counts[statusClass] ?? 0) + 1;
    },

    list: () =>
      [...routes].flatMap(([route, methods]) =>
        [...methods].flatMap(([method, counts]) =>
          STATUS_CLASSES.flatMap((status, number) => {
            const count = counts[number] ?? 0;
            return count === 0 ? [] : [{ route, method, status, count }];
          }),
        ),
      ),
  };
}
