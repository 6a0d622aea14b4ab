/** How messages are framed: plain WebSocket, or Socket.IO packets with its default or msgpack parser. */
export type Dialect = 'websocket' | 'socketio' | 'socketio-msgpack';
