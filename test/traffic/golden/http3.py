# HTTP/3 over QUIC between aioquic's client and server; prints what the endpoints saw as JSON lines. Started by make.mjs:
#   python3 http3.py PORT CERT KEY SECRETS            (pip install aioquic, in an environment of its own)
#   python3 http3.py PORT CERT KEY SECRETS serve      only the server, for a browser; until something asks for /browser/done
import asyncio
import gzip
import hashlib
import json
import socket
import sys

from aioquic.asyncio import QuicConnectionProtocol, connect, serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ProtocolNegotiated
from aioquic.quic.packet import QuicProtocolVersion

port, certificate, private_key, secrets = int(sys.argv[1]), *sys.argv[2:5]
serves_only = sys.argv[5:] == ["serve"]
V1, V2 = QuicProtocolVersion.VERSION_1, QuicProtocolVersion.VERSION_2


def body(size):
    return bytes(32 + (index * 7919 + (index >> 5) * size) % 90 for index in range(size))


def facts(data):
    return {"length": len(data), "sha256": hashlib.sha256(data).hexdigest()}


class Http3(QuicConnectionProtocol):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.http = None
        self.streams = {}

    def quic_event_received(self, event):
        if self.http is None and isinstance(event, ProtocolNegotiated):
            self.http = H3Connection(self._quic)
        for one in self.http.handle_event(event) if self.http else []:
            if not isinstance(one, (HeadersReceived, DataReceived)):
                continue
            headers, data = self.streams.setdefault(one.stream_id, ({}, bytearray()))
            if isinstance(one, HeadersReceived):
                headers.update(one.headers)
            else:
                data += one.data
            if one.stream_ended:
                self.complete(one.stream_id, headers, bytes(data))


class Server(Http3):
    def complete(self, stream, headers, data):
        asyncio.ensure_future(self.answer(stream, headers[b":method"].decode(), headers[b":path"].decode(), data))

    async def answer(self, stream, method, path, sent):
        kind = path.split("?")[0].split("/")[-1]
        answer = sent or f"answer to {kind} ".encode() * 40
        fields = [(b":status", b"404" if kind == "missing" else b"200"), (b"x-long", path.encode() * 20)]
        pieces = [answer]
        if kind == "gzip":
            fields.append((b"content-encoding", b"gzip"))
            pieces = [gzip.compress(answer)]
        elif kind == "page":
            fields.append((b"content-type", b"text/html"))
            answer = open("page.html", "rb").read()
            pieces = [answer]
        elif kind == "events":
            fields.append((b"content-type", b"text/event-stream"))
            pieces = [f'event: delta\nid: {n}\ndata: {{"token":"t{n} \U0001f9a9"}}\n\n'.encode() for n in range(12)]
            answer = b"".join(pieces)
        if kind == "page":
            fields.append((b"cache-control", b"no-store"))
        self.http.send_headers(stream, fields)
        for piece in pieces:
            self.http.send_data(stream, piece, False)
            self.transmit()
            await asyncio.sleep(0.003)
        self.http.send_data(stream, b"", True)
        self.transmit()
        status = 404 if kind == "missing" else 200
        seen = {"version": "3", "method": method, "path": path, "status": status, "request": facts(sent), "response": facts(answer)}
        print(json.dumps(seen), flush=True)
        if kind == "done":
            asyncio.get_running_loop().call_later(0.5, finished.set)


class Client(Http3):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.waiting = {}

    def complete(self, stream, headers, data):
        self.waiting.pop(stream).set_result(data)

    def ask(self, method, path, sent=b""):
        if self.http is None:
            self.http = H3Connection(self._quic)
        stream = self._quic.get_next_available_stream_id()
        self.waiting[stream] = asyncio.get_running_loop().create_future()
        fields = [(b":method", method.encode()), (b":scheme", b"https"), (b":authority", b"golden.test"), (b":path", path.encode())]
        self.http.send_headers(stream, [*fields, (b"user-agent", b"golden-aioquic/1.0")], not sent)
        if sent:
            self.http.send_data(stream, sent, True)
        self.transmit()
        return self.waiting[stream]


async def talk(client, name):
    await asyncio.gather(*[client.ask("GET", f"/{name}/{kind}?n=1") for kind in ("identity", "gzip", "events", "missing")])
    for size in (1, 900, 20_000):
        await client.ask("POST", f"/{name}/identity?size={size}", body(size))


async def main():
    global finished
    finished = asyncio.Event()
    log = open(secrets, "a", encoding="ascii", buffering=1)
    tickets, stored = {}, []
    serving = QuicConfiguration(is_client=False, alpn_protocols=H3_ALPN, supported_versions=[V1, V2], secrets_log_file=log if serves_only else None)
    serving.load_cert_chain(certificate, private_key)

    def options(**more):
        return QuicConfiguration(
            is_client=True, alpn_protocols=H3_ALPN, server_name="golden.test", verify_mode=False, secrets_log_file=log, **more
        )

    def connecting(local=port, **more):
        handler = {"session_ticket_handler": stored.append} if not stored else {}
        return connect("127.0.0.1", local, configuration=options(**more), create_protocol=Client, **handler)

    tickets_of_server = {
        "session_ticket_handler": lambda ticket: tickets.__setitem__(ticket.ticket, ticket),
        "session_ticket_fetcher": lambda label: tickets.pop(label, None),
    }
    await serve("127.0.0.1", port, configuration=serving, create_protocol=Server, **tickets_of_server)
    if serves_only:
        print("ready", flush=True)
        await asyncio.wait_for(finished.wait(), 60)
        return
    async with connecting() as client:
        await talk(client, "v1")
        client.request_key_update()
        await client.ask("GET", "/v1/identity?after=update")
        client.change_connection_id()
        await client.ask("GET", "/v1/identity?after=new-id")
        client.request_key_update()
        await client.ask("POST", "/v1/identity?after=second-update", body(5_000))
        await migrate(client)
        await client.ask("POST", "/v1/identity?after=migration", body(3_000))
    async with connecting(original_version=V2, supported_versions=[V2]) as client:
        await talk(client, "v2")
    early = connect("127.0.0.1", port, configuration=options(session_ticket=stored[0]), create_protocol=Client, wait_connected=False)
    async with early as client:
        await client.ask("POST", "/early/identity?0rtt", body(700))
        await talk(client, "resumed")
    retrying = await serve("127.0.0.1", port + 1, configuration=serving, create_protocol=Server, retry=True)
    async with connecting(port + 1) as client:
        await talk(client, "retry")
    retrying.close()


async def migrate(client):
    """The client goes on from another port, as after a change of network."""
    one = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    one.bind(("::", 0))
    await asyncio.get_running_loop().create_datagram_endpoint(lambda: client, sock=one)
    client.change_connection_id()


asyncio.run(main())
