/** Errors over the wire: class, name, message, stack, cause, and whatever else they carry. */
import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../../agent/codec.ts';

function overTheWire<T>(value: T): T {
  return decode(JSON.parse(JSON.stringify(encode(value)))) as T;
}

describe('an error over the wire', () => {
  test.each([Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError])(
    'is an instance of %o again',
    (Builtin) => {
      const error = new Builtin('what happened');
      const copy = overTheWire(error);
      expect(Object.getPrototypeOf(copy)).toBe(Builtin.prototype);
      expect(copy.message).toBe('what happened');
      expect(copy.stack).toBe(error.stack);
      expect(Object.keys(copy)).toEqual([]);
      expect(Object.getOwnPropertyNames(copy).sort()).toEqual(['message', 'stack']);
    },
  );

  test('keeps cause, errors and own enumerable properties, with their enumerability', () => {
    const error = Object.assign(new AggregateError([new TypeError('a'), 'b'], 'many', { cause: { id: 1n } }), {
      code: 'E_MANY',
      details: new Map([['k', undefined]]),
    });
    const copy = overTheWire(error);
    expect(copy).toBeInstanceOf(AggregateError);
    expect(copy.errors).toStrictEqual([error.errors[0], 'b']);
    expect(copy.errors[0]).toBeInstanceOf(TypeError);
    expect(copy.cause).toEqual({ id: 1n });
    expect(Object.entries(copy)).toEqual([
      ['code', 'E_MANY'],
      ['details', new Map([['k', undefined]])],
    ]);
  });

  test('tells absent from present: message, cause, stack', () => {
    const bare = new Error();
    delete bare.stack;
    expect(Object.getOwnPropertyNames(overTheWire(bare))).toEqual([]);
    const full = overTheWire(new Error('', { cause: undefined }));
    expect(Object.hasOwn(full, 'message')).toBe(true);
    expect(Object.hasOwn(full, 'cause')).toBe(true);
    expect(full.cause).toBeUndefined();
  });

  test('takes message and stack that are no text', () => {
    const error = Object.defineProperties(new Error('x'), { message: { value: { a: 1n } }, stack: { value: 5 } });
    expect(overTheWire(error)).toMatchObject({ message: { a: 1n }, stack: 5 });
  });

  test.each([
    [
      'by a class',
      () => {
        class PaymentError extends RangeError {}
        return new PaymentError('x');
      },
    ],
    [
      'by a class field',
      () => {
        class Base extends RangeError {
          override readonly name = 'PaymentError';
        }
        return new Base('x');
      },
    ],
    [
      'on the prototype',
      () => {
        class Base extends RangeError {}
        Base.prototype.name = 'PaymentError';
        return new Base('x');
      },
    ],
    ['by hand', () => Object.assign(new RangeError('x'), { name: 'PaymentError' })],
  ])('keeps a name that was given %s, on an instance of the nearest built-in class', (_, make) => {
    const copy = overTheWire(make());
    expect(Object.getPrototypeOf(copy)).toBe(RangeError.prototype);
    expect(copy.name).toBe('PaymentError');
    expect(Object.getOwnPropertyDescriptor(copy, 'name')?.enumerable).toBe(false);
    expect(copy.message).toBe('x');
  });

  test('prefers an own name to that of the class, even if it is that of a built-in', () => {
    class PaymentError extends Error {}
    const error = Object.defineProperty(new PaymentError('x'), 'name', { value: 'Error' });
    expect(overTheWire(error).name).toBe('Error');
  });

  test('keeps a message that the class makes up', () => {
    class Made extends Error {
      override get message(): string {
        return 'made up';
      }
    }
    expect(overTheWire(new Made()).message).toBe('made up');
  });

  test('keeps a DOMException, as an aborted signal throws it', () => {
    const reason: DOMException = AbortSignal.abort().reason;
    const copy = overTheWire(reason);
    expect(copy).toBeInstanceOf(DOMException);
    expect(copy).toMatchObject({ name: 'AbortError', message: reason.message, code: 20, stack: reason.stack });
    expect(overTheWire(new DOMException('late', 'TimeoutError'))).toMatchObject({
      name: 'TimeoutError',
      message: 'late',
    });
    expect(overTheWire(new DOMException('$x', 'DOMException'))).toMatchObject({ name: 'DOMException', message: '$x' });
  });

  test("keeps the code of Node's own errors", () => {
    const copy = overTheWire(thrownBy(() => Buffer.alloc(-1)));
    expect(copy).toBeInstanceOf(RangeError);
    expect(copy).toMatchObject({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
  });

  test('keeps one that was made without the class keyword', () => {
    function Legacy(this: Error): void {
      this.message = 'old';
    }
    Legacy.prototype = Object.create(Error.prototype, { constructor: { value: Legacy } });
    const copy = overTheWire(Reflect.construct(Legacy, []) as Error);
    expect(copy).toBeInstanceOf(Error);
    expect(copy).toMatchObject({ name: 'Legacy', message: 'old' });
  });

  test('survives being its own cause, and an own __proto__', () => {
    const error = new Error('x');
    error.cause = error;
    Object.defineProperty(error, '__proto__', { value: { polluted: 1 }, enumerable: true });
    const copy = overTheWire(error);
    expect(copy.cause).toBe(copy);
    expect(Object.getPrototypeOf(copy)).toBe(Error.prototype);
    expect(Object.getOwnPropertyDescriptor(copy, '__proto__')?.value).toEqual({ polluted: 1 });
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
