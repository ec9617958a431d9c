/** Shows the steps of a deployment as they happen: one line that changes on a terminal, a line for each elsewhere. */
import type { Step } from '../deploy/work.ts';
import type { Output } from './io.ts';

export interface Steps extends Disposable {
  readonly onStep: (step: Step) => void;
  /** Name of the step that has begun and not ended. */
  current(): string | undefined;
  /** Whether a step that changes the function has ended. */
  hasChanged(): boolean;
}

const CHANGES: ReadonlySet<Step['name']> = new Set<Step['name']>([
  'create',
  'update code',
  'update configuration',
  'update tags',
  'delete function',
]);

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;
const CLEAR_LINE = '\r\u001B[K';

/** @param isQuiet Tell nothing: somebody reads JSON. */
export function showSteps(output: Output, { isQuiet }: { readonly isQuiet: boolean }): Steps {
  let current: string | undefined;
  let hasChanged = false;
  let timer: NodeJS.Timeout | undefined;
  const { colors, isTerminal } = output;
  const print = (text: string): void => {
    if (!isQuiet) void output.write(text);
  };
  const stop = (): void => {
    clearInterval(timer);
    if (timer !== undefined) print(CLEAR_LINE);
    timer = undefined;
  };
  const spin = (name: string): void => {
    let frame = 0;
    const draw = (): void => print(`${CLEAR_LINE}${colors.cyan(FRAMES[frame++ % FRAMES.length] ?? '')} ${name}`);
    draw();
    timer = setInterval(draw, FRAME_MS).unref();
  };
  return {
    current: () => current,
    hasChanged: () => hasChanged,
    onStep(step) {
      stop();
      if (step.phase === 'start') {
        current = step.name;
        if (isTerminal && !isQuiet) spin(step.name);
        return;
      }
      current = undefined;
      hasChanged ||= CHANGES.has(step.name);
      print(stepLine(step, output));
    },
    [Symbol.dispose]: stop,
  };
}

const NAME_WIDTH = 'update configuration'.length;

/** `bundle                12 tasks  340 ms`. */
function stepLine(step: Extract<Step, { phase: 'end' }>, { colors }: Pick<Output, 'colors'>): string {
  const { name, detail = '', durationMs } = step;
  const time = durationMs < 9_995 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1000).toFixed(1)} s`;
  const facts = [detail, colors.dim(time)].filter((fact) => fact !== '').join('  ');
  return `${colors.green('✓')} ${name.padEnd(NAME_WIDTH)}  ${facts}\n`;
}
