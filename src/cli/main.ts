#!/usr/bin/env node
/** The `lambdapool` command. Sets the exit code and lets the process end by itself, so that no output is cut off. */
import { processIo } from './io.ts';
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2), processIo());
