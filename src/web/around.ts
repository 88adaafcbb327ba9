/** Standing around a port: some methods in place of its own, so that the code that does the work knows nothing of it. */

/** `target` with some methods in place of its own; everything else is the target's, whatever it gains later. */
export function around<T extends object>(target: T, methods: Partial<T>): T {
  const bound = new Map<PropertyKey, unknown>(Object.entries(methods));
  return new Proxy(target, {
    get(inner, name) {
      const known = bound.get(name);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(inner, name, inner);
      if (typeof value !== 'function') return value;
      const method: unknown = value.bind(inner);
      bound.set(name, method);
      return method;
    },
  });
}

/** `target` with every call of its methods handed to `call`, under the method's name. For ports whose methods all are asynchronous. */
export function aroundAll<T extends object>(
  target: T,
  call: (name: string, run: () => Promise<unknown>) => Promise<unknown>,
): T {
  const bound = new Map<PropertyKey, unknown>();
  return new Proxy(target, {
    get(inner, name) {
      const known = bound.get(name);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(inner, name, inner);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      const method = (...parameters: unknown[]): Promise<unknown> =>
        call(name, () => Promise.resolve(Reflect.apply(value, inner, parameters)));
      bound.set(name, method);
      return method;
    },
  });
}
