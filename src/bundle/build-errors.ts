/** Turns esbuild's messages into one BUILD_FAILED for people. */
import { join, relative } from 'node:path';
import { LambdaPoolError } from '../shared/errors.ts';
import type { Esbuild, Message } from './esbuild.ts';

/** Says what esbuild says, with files relative to where the user stands: a terminal makes them links. */
export function relocate(messages: readonly Message[], project: string): Message[] {
  const here = (location: Message['location']): Message['location'] =>
    location === null ? null : { ...location, file: relative(process.cwd(), join(project, location.file)) };
  return messages.map((message) => ({
    ...message,
    location: here(message.location),
    notes: message.notes.map((note) => ({ ...note, location: here(note.location) })),
  }));
}

/** `tasks/math.ts:3:7: Expected ";" but found "x"`: columns from 1, as editors count. */
export function oneLine(message: Message): string {
  const { location, text } = message;
  return location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}

/** The first line of the message says it all for one error; below stand all of them with code frames. */
export async function buildFailed(
  esbuild: Esbuild,
  errors: readonly Message[],
  project: string,
): Promise<LambdaPoolError> {
  const messages = relocate(errors, project);
  const [first] = messages;
  const more = messages.length > 1 ? ` (and ${messages.length - 1} more)` : '';
  const summary = `The tasks do not build: ${first === undefined ? 'esbuild gave no reason' : oneLine(first)}${more}`;
  const frames = await esbuild.formatMessages(messages, { kind: 'error', color: false });
  return new LambdaPoolError(
    'BUILD_FAILED',
    [summary, '', ...frames.map((frame, index) => countFromOne(frame.trimEnd(), messages[index]))].join('\n'),
    {
      details: { errors: errors.map((error): BuildFault => faultOf(error, project)) },
    },
  );
}

// esbuild counts columns from 0 in its listing, editors from 1; one message shall not give two numbers for one place.
function countFromOne(frame: string, message: Message | undefined): string {
  const location = message?.location;
  if (location === null || location === undefined) return frame;
  const { line, column } = location;
  return frame.replace(`:${line}:${column}:`, () => `:${line}:${column + 1}:`);
}

/** One entry of `details.errors`. */
export interface BuildFault {
  readonly text: string;
  /** Absolute path. */
  readonly file?: string;
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
}

function faultOf({ location, text }: Message, project: string): BuildFault {
  if (location === null) return { text };
  return { text, file: join(project, location.file), line: location.line, column: location.column + 1 };
}

/** esbuild's failures carry their messages; anything else is not one. */
export function messagesOf(error: unknown): readonly Message[] | undefined {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : undefined;
}

/** Whatever kept a bundle from being made, as one of ours. */
export function asBuildFailure(error: unknown): LambdaPoolError {
  if (error instanceof LambdaPoolError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new LambdaPoolError('BUILD_FAILED', `The bundle could not be made: ${reason}`, { cause: error });
}
