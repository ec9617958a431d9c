/** The requests to Lambda that deploying makes, one function each. Loads the AWS SDK at the first. */
import type {
  CreateFunctionCommandInput,
  FunctionCode,
  FunctionConfiguration,
  GetFunctionCommandOutput,
  UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
import type { Architecture } from '../package/target-platform.ts';
import { isNotThere } from '../errors.ts';
import type { Work } from '../work.ts';

/** What holds the code in a request: its bytes, or where they lie in S3. */
export type Code = Pick<FunctionCode, 'ZipFile' | 'S3Bucket' | 'S3Key'>;

/** Undefined: there is no such function. */
export async function getFunction(work: Work): Promise<GetFunctionCommandOutput | undefined> {
  const [{ GetFunctionCommand }, client] = await sdk(work);
  const command = new GetFunctionCommand({ FunctionName: work.functionName });
  return work
    .send('lambda:GetFunction', (options) => client.send(command, options))
    .catch((error: unknown) => undefinedIfMissing(error));
}

/** Undefined: there is no such function. */
export async function getConfiguration(work: Work): Promise<FunctionConfiguration | undefined> {
  const [{ GetFunctionConfigurationCommand }, client] = await sdk(work);
  const command = new GetFunctionConfigurationCommand({ FunctionName: work.functionName });
  return work
    .send('lambda:GetFunctionConfiguration', (options) => client.send(command, options))
    .catch((error: unknown) => undefinedIfMissing(error));
}

export async function createFunction(
  work: Work,
  input: Omit<CreateFunctionCommandInput, 'FunctionName'>,
): Promise<FunctionConfiguration> {
  const [{ CreateFunctionCommand }, client] = await sdk(work);
  const command = new CreateFunctionCommand({ ...input, FunctionName: work.functionName });
  return work.send('lambda:CreateFunction', (options) => client.send(command, options));
}

export async function updateCode(
  work: Work,
  code: Code & { readonly architecture: Architecture },
): Promise<FunctionConfiguration> {
  const [{ UpdateFunctionCodeCommand }, client] = await sdk(work);
  const { architecture, ...place } = code;
  const command = new UpdateFunctionCodeCommand({
    FunctionName: work.functionName,
    Architectures: [architecture],
    ...place,
  });
  return work.send('lambda:UpdateFunctionCode', (options) => client.send(command, options));
}

export async function updateConfiguration(
  work: Work,
  input: Omit<UpdateFunctionConfigurationCommandInput, 'FunctionName'>,
): Promise<FunctionConfiguration> {
  const [{ UpdateFunctionConfigurationCommand }, client] = await sdk(work);
  const command = new UpdateFunctionConfigurationCommand({ ...input, FunctionName: work.functionName });
  return work.send('lambda:UpdateFunctionConfiguration', (options) => client.send(command, options));
}

/** With all its versions. */
export async function deleteFunctionItself(work: Work): Promise<void> {
  const [{ DeleteFunctionCommand }, client] = await sdk(work);
  const command = new DeleteFunctionCommand({ FunctionName: work.functionName });
  await work.send('lambda:DeleteFunction', (options) => client.send(command, options));
}

export async function tagFunction(work: Work, arn: string, tags: Readonly<Record<string, string>>): Promise<void> {
  const [{ TagResourceCommand }, client] = await sdk(work);
  const command = new TagResourceCommand({ Resource: arn, Tags: tags });
  await work.send('lambda:TagResource', (options) => client.send(command, options));
}

export async function untagFunction(work: Work, arn: string, keys: readonly string[]): Promise<void> {
  const [{ UntagResourceCommand }, client] = await sdk(work);
  const command = new UntagResourceCommand({ Resource: arn, TagKeys: [...keys] });
  await work.send('lambda:UntagResource', (options) => client.send(command, options));
}

/** What came back of one call, function errors included. */
export interface Answer {
  readonly payload: string;
  readonly functionError: string | undefined;
  readonly logTail: string;
}

export async function invoke(work: Work, payload: string): Promise<Answer> {
  const [{ InvokeCommand }, client] = await sdk(work);
  const command = new InvokeCommand({
    FunctionName: work.functionName,
    Payload: Buffer.from(payload),
    LogType: 'Tail',
  });
  const answer = await work.send('lambda:InvokeFunction', (options) => client.send(command, options));
  return {
    payload: answer.Payload?.transformToString() ?? '',
    functionError: answer.FunctionError,
    logTail: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
  };
}

async function sdk(work: Work) {
  return Promise.all([import('@aws-sdk/client-lambda'), work.target.lambda()]);
}

function undefinedIfMissing(error: unknown): undefined {
  if (isNotThere(error)) return undefined;
  throw error;
}
