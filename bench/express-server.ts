/** The least that express can do with a POST: read the body by hand and answer it. Started by http.ts. */
import express from 'express';

const app = express();
app.disable('x-powered-by');
app.post('/{*any}', (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end(Buffer.concat(chunks));
  });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`http://127.0.0.1:${address.port}`);
});
process.once('SIGINT', () => process.exit(0));
