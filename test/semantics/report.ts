/** A reporter of vitest that writes docs/python-semantics.md from what it has seen. */
import { writeFile } from 'node:fs/promises';
import type { Reporter, TestModule } from 'vitest/node';
import { PLACES } from './places.ts';
import { PAGE, renderPage } from './page.ts';

const SHOWN: Readonly<Record<string, string>> = { passed: 'passes', failed: '**fails**', skipped: 'skipped' };

export default class SemanticsReport implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const states = new Map<string, string>();
    for (const module of modules) {
      for (const test of module.children.allTests()) states.set(test.fullName, test.result().state);
    }
    const results = PLACES.map(({ place, column }) => ({
      place: column,
      resultOf: (title: string) => SHOWN[states.get(`on ${place.name} > ${title}`) ?? ''] ?? 'was not run',
    }));
    await writeFile(PAGE, await renderPage(results));
  }
}
