// A server as somebody has it: wss with a certificate of its own, a token, a subprotocol, and acknowledgements in JSON.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { WebSocketServer } from 'ws';

const { PORT, CERTIFICATE = '', KEY = '' } = process.env;
const server = createServer({ cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) });
const sockets = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => (offered.has('chat.v1') ? 'chat.v1' : false),
});
server.on('upgrade', (request, socket, head) => {
  const { authorization, 'sec-websocket-protocol': protocol } = request.headers;
  if (authorization !== 'Bearer let-me-in' || protocol !== 'chat.v1') {
    socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    return;
  }
  sockets.handleUpgrade(request, socket, head, (peer) => {
    peer.on('message', (data) => {
      const { type, id } = JSON.parse(String(data));
      if (type === 'say') peer.send(JSON.stringify({ ack: id }));
    });
  });
});
server.listen(Number(PORT), '127.0.0.1');
