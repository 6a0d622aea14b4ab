// A chat that wants a login first and answers each message by an acknowledgement:
//   loadgen run chat.ts --url ws://127.0.0.1:9000/chat --param user=ann --connections 100 --rate 1000
import type { ScenarioFactory } from 'ws-arena-loadgen';

export default ((params) => ({
  async open(peer) {
    peer.send(JSON.stringify({ type: 'login', user: `${params.user}-${peer.index}` }));
    const { type, room } = JSON.parse(String(await peer.next()));
    if (type !== 'welcome') throw new Error(`the login was answered with ${type}`);
    return { room };
  },
  message: ({ state }, { slot, content }) =>
    JSON.stringify({ type: 'say', room: state.room, id: slot, text: content }),
  answer(peer, text) {
    const message = JSON.parse(String(text));
    if (message.type === 'ping') peer.send('{"type":"pong"}');
    return message.type === 'ack' ? message.id : undefined;
  },
  close: (peer) => peer.send('{"type":"bye"}'),
})) satisfies ScenarioFactory<{ room: string }>;
