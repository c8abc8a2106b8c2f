"""A mail server that takes everything and keeps nothing, quickly, in a process of its own: ``… mail_sink``.

Writes its port, then takes connections until it is ended.
"""

import asyncio


async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink\r\n")
    try:
        while line := await reader.readline():
            command = line[:4].upper()
            if command == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
            if command == b"EHLO":
                writer.write(b"250-sink\r\n250-PIPELINING\r\n")
            writer.write(b"221 bye\r\n" if command == b"QUIT" else b"250 sink\r\n")
            if command == b"QUIT":
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(take, "127.0.0.1", 0, limit=2**22)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
