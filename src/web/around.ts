/** Standing around a port: some methods in place of its own, so that the code that does the work knows nothing of it. */

/** `target` with some methods in place of its own; everything else is the target's, whatever it gains later. */
export function around<T extends object>(target: T, methods: Partial<T>): T {
  const own = new Map<PropertyKey, unknown>(Object.entries(methods));
  return standingIn(target, own, (_name, method) => method.bind(target));
}

/** `target` with every call of its methods handed to `call`, under the method's name. For ports whose methods all are asynchronous. */
export function aroundAll<T extends object>(
  target: T,
  call: (name: string, run: () => Promise<unknown>) => Promise<unknown>,
): T {
  return standingIn(target, new Map(), (name, method) => {
    const run = (parameters: unknown[]) => Promise.resolve(Reflect.apply(method, target, parameters));
    return (...parameters: unknown[]): Promise<unknown> => call(String(name), () => run(parameters));
  });
}

/** Stands in for `target`: what is `known` first, else its values, with each method made anew once by `make`. */
function standingIn<T extends object>(
  target: T,
  known: Map<PropertyKey, unknown>,
  make: (name: PropertyKey, method: (...parameters: never[]) => unknown) => unknown,
): T {
  return new Proxy(target, {
    get(inner, name) {
      const found = known.get(name);
      if (found !== undefined) return found;
      const value: unknown = Reflect.get(inner, name, inner);
      if (!isMethod(value)) return value;
      const method = make(name, value);
      known.set(name, method);
      return method;
    },
  });
}

function isMethod(value: unknown): value is (...parameters: never[]) => unknown {
  return typeof value === 'function';
}
