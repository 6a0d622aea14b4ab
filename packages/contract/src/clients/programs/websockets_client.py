# The client of Python's websockets (its asyncio API). Reads tasks from stdin, a line each.
import asyncio
import base64
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


async def exchange(url, kind, payload):
    sent = base64.b64decode(payload)
    message = sent.decode() if kind == "text" else sent
    echo, pong = "none", "none"
    async with connect(url, max_size=None, open_timeout=60) as socket:
        try:
            await socket.send(message)
            echo = "same" if await socket.recv() == message else "other"
            await (await socket.ping())
            pong = "pong"
            await socket.close(4001)
        except ConnectionClosed:
            pass
        await socket.wait_closed()
        agreed = "deflate" if socket.protocol.extensions else "plain"
        return echo, pong, socket.close_code, agreed


async def main():
    for line in sys.stdin:
        print(*await exchange(*line.rstrip("\n").split("\t")), sep="\t", flush=True)


asyncio.run(main())
