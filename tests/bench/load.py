"""Load over keep-alive connections to loopback: signed requests as fast as they are answered, or at a given pace."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import quantiles

SECRET = "not-a-secret-but-a-benchmark"
CONNECTIONS = 32
Bodies = Iterator[bytes]


@dataclass(frozen=True)
class Driven:
    """What one run showed. `seconds` go on until everything that was asked for is done."""

    answered: int
    seconds: float
    waits: list[float]

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.answered / self.seconds

    @property
    def p99(self) -> float:
        """Seconds that 99 of 100 requests took at most."""
        return quantiles(self.waits, n=100)[-1]


def signed(body: bytes) -> bytes:
    """A whole HTTP request with Slack's signature."""
    at = str(int(time.time()))
    written_as = b"application/json" if body.startswith(b"{") else b"application/x-www-form-urlencoded"
    mark = hmac.new(SECRET.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    return (
        b"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " + written_as + b"\r\n"
        b"X-Slack-Request-Timestamp: " + at.encode() + b"\r\nX-Slack-Signature: v0=" + mark.encode() + b"\r\n"
        b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
    )


class _Line:
    """One connection."""

    def __init__(self, port: int, heard: Callable[[bytes], None] | None) -> None:
        self._port, self._heard = port, heard

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def ask(self, body: bytes) -> float:
        """Send one request and read its answer. Returns seconds; raises RuntimeError unless it is 200."""
        begun = time.perf_counter()
        self._writer.write(signed(body))
        head = await self._reader.readuntil(b"\r\n\r\n")
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        answer = await self._reader.readexactly(length)
        took = time.perf_counter() - begun
        if b" 200 " not in head[:16]:
            msg = f"{head[:60]!r} {answer[:200]!r}"
            raise RuntimeError(msg)
        if self._heard:
            self._heard(answer)
        return took

    def close(self) -> None:
        self._writer.close()


async def _lines(port: int, count: int, heard: Callable[[bytes], None] | None) -> list[_Line]:
    lines = [_Line(port, heard) for _ in range(count)]
    for line in lines:
        await line.open()
    return lines


async def saturate(
    port: int,
    bodies: Bodies,
    seconds: float,
    *,
    done: Callable[[int], bool] = lambda _answered: True,
    heard: Callable[[bytes], None] | None = None,
    connections: int = CONNECTIONS,
) -> Driven:
    """As fast as it goes; then wait until `done` says that what so many requests started has ended too."""
    waits: list[float] = []
    lines = await _lines(port, connections, heard)
    begun = time.perf_counter()

    async def drive(line: _Line) -> None:
        for body in bodies:
            waits.append(await line.ask(body))
            if time.perf_counter() >= begun + seconds:
                break

    await asyncio.gather(*(drive(line) for line in lines))
    async with asyncio.timeout(30):
        while not done(len(waits)):
            await asyncio.sleep(0.002)
    took = time.perf_counter() - begun
    for line in lines:
        line.close()
    return Driven(len(waits), took, waits)


async def pace(port: int, bodies: Bodies, per_second: int, seconds: float) -> Driven:
    """So many requests a second, whether or not earlier ones have been answered; waits count from the planned moment."""
    waits: list[float] = []
    lines = await _lines(port, CONNECTIONS, None)
    free = asyncio.Queue[_Line]()
    for line in lines:
        free.put_nowait(line)
    begun = time.perf_counter()

    async def one(planned: float) -> None:
        line = await free.get()
        await line.ask(next(bodies))
        waits.append(time.perf_counter() - planned)
        free.put_nowait(line)

    tasks = []
    for number in itertools.count():
        planned = begun + number / per_second
        if planned > begun + seconds:
            break
        await asyncio.sleep(max(0.0, planned - time.perf_counter()))
        tasks.append(asyncio.create_task(one(planned)))
    await asyncio.gather(*tasks)
    took = time.perf_counter() - begun
    for line in lines:
        line.close()
    return Driven(len(waits), took, waits)
