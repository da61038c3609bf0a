/** What became of one spec. */
export interface SpecResult {
  /** Several specs may have the same name. */
  readonly name: string;
  /** The first expectation that did not hold; none if the spec passed. */
  readonly failure?: string;
}

export interface Comparison {
  /** Specs that the reference passed. */
  readonly expected: number;
  readonly passed: number;
  /** Failed here, passed by the reference, and listed as an exception. */
  readonly excepted: readonly SpecResult[];
  /** Failed here or not run here, passed by the reference, and not listed. */
  readonly failed: readonly SpecResult[];
  /** Exceptions that no spec needs any more. */
  readonly outdated: readonly string[];
}

/** Whether we pass every spec that the reference passes, apart from the exceptions (names of specs). */
export function compare(
  reference: readonly SpecResult[],
  ours: readonly SpecResult[],
  exceptions: readonly string[],
): Comparison {
  const failures = new Map(ours.map(({ name }) => [name, undefined as string | undefined]));
  for (const { name, failure } of ours) if (failure !== undefined) failures.set(name, failure);
  const broken = new Set(reference.filter(({ failure }) => failure !== undefined).map(({ name }) => name));
  const expected = reference.filter(({ name }) => !broken.has(name));
  const missed = expected.flatMap(({ name }): SpecResult[] => {
    if (!failures.has(name)) return [{ name, failure: 'It did not run.' }];
    const failure = failures.get(name);
    return failure === undefined ? [] : [{ name, failure }];
  });
  const needed = new Set(missed.map(({ name }) => name));
  return {
    expected: expected.length,
    passed: expected.length - missed.length,
    excepted: missed.filter(({ name }) => exceptions.includes(name)),
    failed: missed.filter(({ name }) => !exceptions.includes(name)),
    outdated: exceptions.filter((name) => !needed.has(name)),
  };
}
