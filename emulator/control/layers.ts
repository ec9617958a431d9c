/** Checks the layers that a function names. What is in them is not here: they are accepted and shown. Pure. */
import { invalidParameter } from '../api-errors.ts';
import type { Constraints } from './constraints.ts';

const MAX_LAYERS = 5;
const MAX_ARN_LENGTH = 2048;
const ARN_PATTERN = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)`;
const ARN = new RegExp(`^(?:${ARN_PATTERN})$`);

export function constrainLayers(constraints: Constraints, layers: readonly string[] | undefined): void {
  if (layers === undefined || layers.every((arn) => arn.length <= MAX_ARN_LENGTH && ARN.test(arn))) return;
  // AWS: recorded 2025-11, the constraints of each member in one list.
  constraints.broken(
    'layers',
    `[${layers.join(', ')}]`,
    `satisfy constraint: [Member must have length less than or equal to ${MAX_ARN_LENGTH}, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ${ARN_PATTERN}, Member must not be null]`,
  );
}

/** @throws {ServiceError} InvalidParameterValueException */
export function checkLayers(layers: readonly string[], region: string): void {
  if (layers.length > MAX_LAYERS) throw invalidParameter(`Cannot reference more than ${MAX_LAYERS} layers.`);
  if (layers.some((arn) => regionOf(arn) !== '' && regionOf(arn) !== region)) {
    throw invalidParameter(
      `Layers are not in the same region as the function. Layers are expected to be in region ${region}.`,
    );
  }
  const seen = new Map<string, string>();
  for (const arn of layers) {
    const layer = arn.replace(/:[0-9]+$/, '');
    const other = seen.get(layer);
    if (other !== undefined) {
      throw invalidParameter(
        `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`,
      );
    }
    seen.set(layer, arn);
  }
}

function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}
