/** Hands a message of an environment to the listener method that it is for. */
import { decodeAnswer, fields } from './messages.ts';
import type { SandboxListener } from './sandbox.ts';

/** False for something that is no message. */
export function receiveMessage(message: string, listener: SandboxListener): boolean {
  switch (message.charAt(0)) {
    case 'R':
    case 'E':
    case 'F':
      listener.answered(decodeAnswer(message));
      return true;
    case 'O':
      listener.output(message.slice(1));
      return true;
    case 'D':
      listener.loaded();
      return true;
    case 'X': {
      const [errorType = '', payload = ''] = fields(message, 2);
      listener.loadFailed(errorType, payload);
      return true;
    }
    default:
      return false;
  }
}
