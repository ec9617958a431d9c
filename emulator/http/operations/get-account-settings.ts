/** GetAccountSettings: GET /2016-08-19/account-settings. Shows the limits of the emulator, and what is in it. */
import { controlOperation } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function getAccountSettingsOperation(core: EmulatorCore): Operation {
  return controlOperation(core, {
    name: 'GetAccountSettings',
    method: 'GET',
    path: '/2016-08-19/account-settings',
    status: 200,
    call: () => core.controlPlane.catalog.getAccountSettings(),
  });
}
