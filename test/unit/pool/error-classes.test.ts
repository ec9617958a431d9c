/** What tasks throw, as instances of the caller's own classes. */
import { expect, test } from 'vitest';
import type { ErrorClass } from '../../../src/pool/error-classes.ts';
import { rejection, setup } from './setup.ts';

/** What runs in the function: a class of its own, of the same name. */
function throwsPayment(): never {
  class PaymentError extends Error {
    override name = 'PaymentError';
    readonly amount = 7;
  }
  throw new PaymentError('declined', { cause: new AggregateError([new PaymentError('inner')]) });
}

class PaymentError extends Error {
  readonly amount: number = 0;

  constructor(message: string) {
    super(message);
    throw new TypeError('nobody calls me');
  }

  get isLarge(): boolean {
    return this.amount > 5;
  }
}

test('a remote error of a registered name is an instance of that class, with its own properties', async () => {
  await using s = setup({ errors: { PaymentError } }, { 'pay.now': throwsPayment });
  const error = await rejection(s.pool.apply('pay.now'));
  const { cause } = error as Error;
  expect(cause).toBeInstanceOf(PaymentError);
  expect(cause).toMatchObject({ name: 'PaymentError', message: 'declined', amount: 7, isLarge: true });
  expect((cause as Error).stack).toContain('throwsPayment');
  const inner = (cause as Error).cause;
  expect(inner).toBeInstanceOf(AggregateError);
  expect((inner as AggregateError).errors[0]).toBeInstanceOf(PaymentError);
});

test('other names, other pools and errors that are results are left alone', async () => {
  await using s = setup({ errors: { PaymentError } }, { 'pay.now': throwsPayment });
  const range = (await rejection(s.pool.apply('fault.ifOdd', { args: [1] }))) as Error;
  expect(range.cause).toBeInstanceOf(RangeError);
  const named = Object.assign(new Error('a result'), { name: 'PaymentError' });
  expect(await s.pool.apply('echo.echo', { args: [named] })).not.toBeInstanceOf(PaymentError);
  await using other = setup({}, { 'pay.now': throwsPayment });
  const plain = (await rejection(other.pool.apply('pay.now'))) as Error;
  expect(plain.cause).not.toBeInstanceOf(PaymentError);
  expect(plain.cause).toMatchObject({ name: 'PaymentError', amount: 7 });
});

test('an error that is its own cause is no endless loop, and a thrown non-error passes', async () => {
  const circular = (): never => {
    const error = new Error('round');
    error.name = 'PaymentError';
    error.cause = error;
    throw error;
  };
  await using s = setup({ errors: { PaymentError } }, { 'pay.circular': circular });
  const { cause } = (await rejection(s.pool.apply('pay.circular'))) as Error;
  expect(cause).toBeInstanceOf(PaymentError);
  expect((cause as Error).cause).toBe(cause);
  expect(await rejection(s.pool.apply('fault.throwValue', { args: [5] }))).toMatchObject({ cause: 5 });
});

test.each([
  ['errors', []],
  ['errors.PaymentError', { PaymentError: 'PaymentError' }],
  ['errors.PaymentError', { PaymentError: Map }],
])('what is no class of errors is refused: %s', (option, errors) => {
  const given = errors as unknown as Record<string, ErrorClass>;
  expect(() => setup({ errors: given })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', details: { option } }),
  );
});
