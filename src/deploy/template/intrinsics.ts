/** CloudFormation's functions, in their long form. Pure. */

export type Intrinsic = Readonly<Record<string, unknown>>;

/** The value of a parameter, or the name of a resource. */
export function ref(name: string): Intrinsic {
  return { Ref: name };
}

export function get(resource: string, attribute: string): Intrinsic {
  return { 'Fn::GetAtt': [resource, attribute] };
}

/** A text whose `${Name}` are replaced. */
export function sub(text: string): Intrinsic {
  return { 'Fn::Sub': text };
}

/** The same value with a function in the place of each text that asks for one by `${`. For values of our own only. */
export function substituted(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('${') ? sub(value) : value;
  if (Array.isArray(value)) return value.map(substituted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, substituted(each)]));
}
