/** The only importer of oxc-parser, which reads TypeScript. */
import type { ParseResult, ParserOptions } from 'oxc-parser';
import { LambdaPoolError } from '../shared/errors.ts';

export type { Comment, Program } from 'oxc-parser';
export type * as Ast from 'oxc-parser';

export type Parse = (filename: string, text: string, options: ParserOptions) => ParseResult;

export async function loadParser(): Promise<Parse> {
  const { parseSync } = await import('oxc-parser').catch((cause: unknown) => {
    throw new LambdaPoolError('BUILD_FAILED', 'oxc-parser could not be loaded. Install it: npm install oxc-parser', {
      cause,
    });
  });
  return parseSync;
}
