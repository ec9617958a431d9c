/** A function in a LocalStack that knows nothing of us: so that there is a container of a function. */
import { CreateFunctionCommand, InvokeCommand, LambdaClient, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';

const CODE = 'export const handler = (event) => Promise.resolve(event);';

/** Creates the function and calls it once. */
export async function runOneFunction(endpoint: string, name: string): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new LambdaClient({ endpoint, region: 'us-east-1', credentials });
  try {
    await client.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs24.x',
        Role: 'arn:aws:iam::000000000000:role/any',
        Handler: 'index.handler',
        Code: { ZipFile: zipSync({ 'index.mjs': strToU8(CODE) }) },
      }),
    );
    await waitUntilFunctionActiveV2({ client, maxWaitTime: 60 }, { FunctionName: name });
    const { Payload } = await client.send(new InvokeCommand({ FunctionName: name, Payload: '{"n":1}' }));
    if (Payload?.transformToString() !== '{"n":1}')
      throw new Error(`The function answered ${Payload?.transformToString()}.`);
  } finally {
    client.destroy();
  }
}
