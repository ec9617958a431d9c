/** A reporter of vitest that writes docs/fidelity.md from what it has seen. */
import { writeFile } from 'node:fs/promises';
import type { Reporter, TestModule } from 'vitest/node';
import { COLUMNS } from './columns.ts';
import { PAGE, renderPage } from './page.ts';

export default class FidelityReport implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const states = new Map<string, string>();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        // Some places have a suite around that of the contract.
        states.set(test.fullName.split(' > ').slice(-3).join(' > '), test.result().state);
      }
    }
    const results = COLUMNS.map((column) => ({
      column,
      stateOf: ({ group, title }: { readonly group: string; readonly title: string }) =>
        states.get(`on ${column.place.name} > ${group} > ${title}`),
    }));
    await writeFile(PAGE, await renderPage(results));
  }
}
