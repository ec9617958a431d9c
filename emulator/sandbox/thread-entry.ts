/** What runs inside a thread: the runtime over a message port that it reads without the event loop. */
import { receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { createMemoryGauge, measureThread } from './runtime/memory.ts';
import { startRuntime } from './runtime/runtime.ts';

/** What the emulator hands to a new thread. */
export interface ThreadData {
  readonly port: MessagePort;
  /** One number that is raised, and notified, after each message. */
  readonly wake: Int32Array<SharedArrayBuffer>;
}

const { port, wake } = workerData as ThreadData;

startRuntime({
  channel: {
    send: (message) => port.postMessage(message),
    receive() {
      for (;;) {
        const seen = Atomics.load(wake, 0);
        const received: { message: string } | undefined = receiveMessageOnPort(port);
        if (received !== undefined) return received.message;
        Atomics.wait(wake, 0, seen);
      }
    },
  },
  memoryMb: createMemoryGauge(measureThread),
  // The working directory belongs to the whole process.
  enter: () => {},
});
