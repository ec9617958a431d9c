/** What runs inside a process of its own: the runtime over a pipe that it reads and writes without the event loop. */
import { readSync, writeSync } from 'node:fs';
import { FRAME_HEADER_BYTES, frameHeader, readFrameLength } from './frames.ts';
import type { RuntimeChannel } from './runtime/channel.ts';
import { createMemoryGauge, measureProcess } from './runtime/memory.ts';
import { startRuntime } from './runtime/runtime.ts';

/** The first descriptor after the standard ones. Node marks it close-on-exec, so children of the code do not inherit it. */
const CHANNEL_FD = 3;
const BUFFER_BYTES = 65_536;

class PipeChannel implements RuntimeChannel {
  #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #start = 0;
  #end = 0;

  send(message: string): void {
    const length = Buffer.byteLength(message);
    const frame = frameHeader(length) + message;
    const written = untilDone(() => writeSync(CHANNEL_FD, frame));
    // The pipe blocks, so all of it was written unless a signal came in between.
    if (written === FRAME_HEADER_BYTES + length) return;
    const bytes = Buffer.from(frame);
    let at = written;
    while (at < bytes.length) at += untilDone(() => writeSync(CHANNEL_FD, bytes, at));
  }

  receive(): string {
    this.#fill(FRAME_HEADER_BYTES);
    const length = readFrameLength(this.#buffer, this.#start);
    this.#start += FRAME_HEADER_BYTES;
    this.#fill(length);
    const message = this.#buffer.toString('utf8', this.#start, this.#start + length);
    this.#start += length;
    if (this.#buffer.length > BUFFER_BYTES && this.#start === this.#end) {
      this.#buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    }
    if (this.#start === this.#end) this.#start = this.#end = 0;
    return message;
  }

  /** Reads until `count` bytes are there. */
  #fill(count: number): void {
    if (this.#end - this.#start >= count) return;
    if (this.#start + count > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(BUFFER_BYTES, count));
      this.#buffer.copy(larger, 0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
      this.#buffer = larger;
    }
    while (this.#end - this.#start < count) {
      const room = this.#buffer.length - this.#end;
      const read = untilDone(() => readSync(CHANNEL_FD, this.#buffer, this.#end, room, null));
      if (read === 0) endProcess();
      this.#end += read;
    }
  }
}

/** Repeats a call that a signal interrupted or that was not ready; ends the process when the emulator is gone. */
function untilDone(call: () => number): number {
  for (;;) {
    try {
      return call();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EAGAIN') pause();
      else if (code !== 'EINTR') endProcess();
    }
  }
}

const pauseCell = new Int32Array(new SharedArrayBuffer(4));
const pause = (): void => void Atomics.wait(pauseCell, 0, 0, 1);

/** The emulator is gone. Lambda ends environments without letting the code know, and exit hooks could take their time. */
function endProcess(): never {
  process.kill(process.pid, 'SIGKILL');
  process.exit(1);
}

startRuntime({
  channel: new PipeChannel(),
  memoryMb: createMemoryGauge(measureProcess),
  enter: (directory) => {
    process.chdir(directory);
    process.env['PWD'] = directory;
  },
});
