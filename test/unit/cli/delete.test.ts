import { expect, test } from 'vitest';
import { deleteCommand } from '../../../src/cli/commands/delete.ts';
import type { Io } from '../../../src/cli/io.ts';
import { createFunction } from '../../../src/deploy/deploy-function.ts';
import { rejection, setup } from '../deploy/setup.ts';
import type { Setup } from '../deploy/setup.ts';
import { person } from './person.ts';

function deleting({ target }: Setup, io: Io): Promise<boolean> {
  const options = { target, functionName: 'helpers', yes: false, json: false, onHalfDone: () => undefined };
  return deleteCommand(options, io, new AbortController().signal);
}

test('a function that is there is asked for with all that goes with it, and stays if the answer is no', async () => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  const io = person('n\n');
  expect(await deleting(s, io)).toBe(false);
  expect(io.asked).toEqual([
    `Delete the function helpers in ${s.target.endpoint}, its role and its log group? [y/N] `,
    'Nothing was deleted.\n',
  ]);
  expect(s.aws.lambda.functions.has('helpers')).toBe(true);
});

test('of a function that is not there, only what is left of it is asked for', async () => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  s.aws.lambda.functions.clear();
  const io = person('y\n');
  expect(await deleting(s, io)).toBe(true);
  expect(io.asked[0]).toBe(
    `There is no function helpers in ${s.target.endpoint}. Delete its role and its log group, if they are left? [y/N] `,
  );
  expect(s.aws.iam.roles.size + s.aws.logs.groups.size).toBe(0);
});

test('nobody is asked about the function of somebody else', async () => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  const made = s.aws.lambda.functions.get('helpers');
  if (made === undefined) throw new Error('The fake has no function.');
  Object.assign(made, { tags: {} }).configuration['Environment'] = {};
  const io = person('y\n');
  expect(await rejection(deleting(s, io))).toMatchObject({ code: 'DEPLOY_FAILED' });
  expect(io.asked).toEqual([]);
});
