/** Puts an object behind each of several doors, says so, and waits to be killed. */
import { startObjectServer } from '../../../emulator/objects/object-server.ts';

const [folder = '', doors = ''] = process.argv.slice(2);
process.env['TMPDIR'] = folder;
for (let door = 0; door < Number(doors); door += 1) {
  const { url } = await startObjectServer();
  const { status } = await fetch(`${url}/payloads/key`, { method: 'PUT', body: 'secret' });
  if (status !== 200) throw new Error(`The object was answered with ${status}.`);
}
console.log(JSON.stringify({ doors: Number(doors) }));
setInterval(() => {}, 60_000);
