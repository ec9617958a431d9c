/** Sends a fixed number of requests over some keep-alive connections and prints the seconds. Started by http.ts. */
import { Agent, request } from 'node:http';

const [url = '', body = '', expected = '', count = '1', connections = '1'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const payload = Buffer.from(body);

function send(): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': payload.length };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => {
        if (response.statusCode === 200 && text === expected) resolve();
        else reject(new Error(`${response.statusCode}: ${text.slice(0, 500)}`));
      });
    });
    sent.once('error', reject);
    sent.end(payload);
  });
}

async function all(count: number): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await send();
  };
  await Promise.all(Array.from({ length: Number(connections) }, lane));
}

// The first few are for the connections, and for the compilers on both sides.
await all(Math.ceil(Number(count) / 10));
const start = performance.now();
await all(Number(count));
console.log((performance.now() - start) / 1000);
agent.destroy();
