# The client of Python's aiohttp. Reads tasks from stdin, a line each.
import asyncio
import base64
import sys

from aiohttp import ClientSession, WSMsgType


async def exchange(session, url, kind, payload):
    sent = base64.b64decode(payload)
    message = sent.decode() if kind == "text" else sent
    echo, pong = "none", "none"
    async with session.ws_connect(url, compress=15, max_msg_size=0, autoping=False) as socket:
        await (socket.send_str(message) if kind == "text" else socket.send_bytes(message))
        await socket.ping()
        while "none" in (echo, pong) and not socket.closed:
            answer = await socket.receive()
            if answer.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                echo = "same" if answer.data == message else "other"
            elif answer.type == WSMsgType.PONG:
                pong = "pong"
            elif answer.type in (WSMsgType.CLOSED, WSMsgType.ERROR):
                break
        await socket.close(code=4001)
        return echo, pong, socket.close_code, "deflate" if socket.compress else "plain"


async def main():
    async with ClientSession() as session:
        for line in sys.stdin:
            print(*await exchange(session, *line.rstrip("\n").split("\t")), sep="\t", flush=True)


asyncio.run(main())
