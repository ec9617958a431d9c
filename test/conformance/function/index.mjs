/** A Lambda function that does what its event says: what the conformance tests invoke through real clients. */
const actions = {
  throw: ({ message }) => {
    throw new TypeError(message);
  },
  exit: ({ code }) => process.exit(code),
  sleep: ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms, 'slept')),
  nothing: () => undefined,
  text: ({ length }) => 'x'.repeat(length),
  log: ({ line }) => {
    console.log(line);
    return 'logged';
  },
  context: (_event, context) => ({
    awsRequestId: context.awsRequestId,
    functionName: context.functionName,
    functionVersion: context.functionVersion,
    invokedFunctionArn: context.invokedFunctionArn,
    memoryLimitInMB: context.memoryLimitInMB,
    clientContext: context.clientContext ?? null,
    traceId: process.env['_X_AMZN_TRACE_ID'] ?? null,
  }),
};

export const handler = async (event, context) => {
  const action = actions[event?.do];
  return action === undefined ? { event } : action(event, context);
};
