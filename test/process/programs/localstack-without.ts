/** Starts LocalStack where `docker` or `testcontainers`, as the argument says, is not there, and prints what it is told. */
import { registerHooks } from 'node:module';
import { startLocalStack } from '../../../localstack/container.ts';
import { isLambdaPoolError } from '../../../src/shared/errors.ts';

const [, , missing] = process.argv;
if (missing === 'docker') process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:9';
if (missing === 'testcontainers') {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'testcontainers') throw new Error("Cannot find package 'testcontainers'");
      return next(specifier, context);
    },
  });
}
const error: unknown = await startLocalStack().catch((thrown: unknown) => thrown);
if (!isLambdaPoolError(error)) throw new Error('It started.');
const { code, message, retryable } = error;
console.log(JSON.stringify({ code, message, retryable }));
