"""A made-up sandbox server that answers the page's contract, so that the page is tested without the bot."""

from __future__ import annotations

import json
import sys
import threading
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.sandbox_page import gallery

PAGE = Path(__file__).parents[2] / "bot" / "sandbox" / "page"
START = 1796025600  # 2026-11-30T08:00:00Z
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css"}
KEEP_ALIVE_SECONDS = 1.0

Json = dict[str, Any]

PEOPLE: list[Json] = [
    {
        "id": "U01MARA",
        "name": "Mara Lindqvist",
        "title": "Head of Client Services",
        "tz": "Europe/Berlin",
        "group": "Owners and managers",
    },
    {
        "id": "U01OTIS",
        "name": "Otis Bell",
        "title": "Operations director",
        "tz": "Europe/London",
        "group": "Owners and managers",
    },
    {"id": "U01HELEN", "name": "Helen Okafor", "title": "People lead", "tz": "Europe/London", "group": "HR"},
    {"id": "U02ANA", "name": "Ana Duarte", "title": "Account manager", "tz": "America/New_York", "group": "Employees"},
    {"id": "U02BEN", "name": "Ben Achterberg", "title": "Consultant", "tz": "Europe/Amsterdam", "group": "Employees"},
    {"id": "U02CHO", "name": "Cho Min-seo", "title": "Designer", "tz": "Asia/Seoul", "group": "Employees"},
    {"id": "U02DEV", "name": "Devika Rao", "title": "Engineer", "tz": "Asia/Kolkata", "group": "Employees"},
    {"id": "U02ELI", "name": "Eli Katz", "title": "Consultant", "tz": "America/Chicago", "group": "Employees"},
    {"id": "U02FAY", "name": "Fay Nordstrøm", "title": "Bookkeeper", "tz": "Europe/Oslo", "group": "Employees"},
]
EVERYBODY = [person["id"] for person in PEOPLE]
CHANNELS: list[Json] = [
    {"id": "C01ALL", "name": "everybody", "purpose": "For the whole company", "members": EVERYBODY},
    {
        "id": "C01CLIENT",
        "name": "client-services",
        "purpose": "Client work, day by day",
        "members": ["U01MARA", "U02ANA", "U02BEN", "U02CHO"],
    },
    {"id": "C01SIDE", "name": "design-crit", "purpose": "Show unfinished things", "members": ["U02CHO"]},
]
COMMANDS: list[Json] = [
    {
        "command": "/rollout",
        "hint": "[check | preview STEP | launch STEP [WAVE] | timeline | help]",
        "description": "Launch the steps of a rollout, in order",
    },
    {"command": "/ask", "hint": "QUESTION", "description": "Ask about the tool, in your own words"},
    {"command": "/roles", "hint": "", "description": "See why roles differ"},
]


class Stub:
    """The made-up workspace. Tests write into it directly and read `asked`, the requests the page made."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.asked: list[tuple[str, Json]] = []
        self.away = False
        self.start_over()

    def start_over(self) -> None:
        """Back to the first moment."""
        self.version = 1
        self.now = START
        self.messages: dict[str, list[Json]] = {}
        self.private: dict[tuple[str, str], list[Json]] = {}
        self.modals: dict[str, list[Json]] = {}
        self.homes: dict[str, Json] = {}
        self.toasts: dict[str, list[Json]] = {}
        self.members = {channel["id"]: list(channel["members"]) for channel in CHANNELS}
        self.submit_errors: Json | None = None
        self._count = 0

    def touch(self) -> None:
        """Tells every open page that something changed."""
        with self.changed:
            self.version += 1
            self.changed.notify_all()

    def say(self, place: str, text: str = "", user: str | None = None, only: str | None = None, **more: object) -> str:
        """Puts a message in a channel or DM; `only` makes it ephemeral. Answers its ts."""
        self._count += 1
        ts = f"{self.now + self._count}.{self._count:06d}"
        name = next((person["name"] for person in PEOPLE if person["id"] == user), "Foreword")
        message = {
            "ts": ts,
            "user": user or "U00BOT",
            "bot": user is None,
            "name": name,
            "text": text,
            "blocks": None,
            "ephemeral": only is not None,
            "thread_ts": None,
            "edited": False,
            "files": [],
            "reply_count": 0,
            **more,
        }
        (self.private.setdefault((place, only), []) if only else self.messages.setdefault(place, [])).append(message)
        for parent in self.messages.get(place, []):
            if parent["ts"] == message["thread_ts"] != ts:
                parent["reply_count"] += 1
        self.touch()
        return ts

    def push_modal(self, person: str, view: Json) -> str:
        """Opens a modal on top of what this person has open."""
        self._count += 1
        view_id = f"V{self._count:04d}"
        self.modals.setdefault(person, []).append({"view_id": view_id, "view": view, "errors": None})
        self.touch()
        return view_id

    def view(self, person: str) -> Json:
        """What one person can see."""
        conversations = [
            {"id": channel["id"], "kind": "channel", "name": channel["name"], "member": True}
            for channel in CHANNELS
            if person in self.members[channel["id"]]
        ] + [{"id": f"D{person}", "kind": "dm", "name": "Foreword", "member": True}]
        for one in conversations:
            place = str(one["id"])
            one["messages"] = sorted(
                [*self.messages.get(place, []), *self.private.get((place, person), [])],
                key=lambda message: message["ts"],
            )
            one["unread"] = bool(one["messages"])
        stack = self.modals.get(person, [])
        return {
            "ok": True,
            "version": self.version,
            "clock": self.clock(),
            "conversations": conversations,
            "modal": {**stack[-1], "depth": len(stack)} if stack else None,
            "home": self.homes.get(person),
            "toasts": self.toasts.get(person, []),
        }

    def clock(self) -> Json:
        """The sandbox's time."""
        return {"now": datetime.fromtimestamp(self.now, UTC).isoformat().replace("+00:00", "Z"), "epoch": self.now}

    def workspace(self) -> Json:
        """Who and what there is."""
        return {
            "ok": True,
            "team": {"id": "T01", "name": "Meridian"},
            "bot": {"user_id": "U00BOT", "bot_id": "B00", "name": "Foreword", "icon": None},
            "people": PEOPLE,
            "channels": [{**channel, "members": self.members[channel["id"]]} for channel in CHANNELS],
            "commands": COMMANDS,
            "clock": self.clock(),
        }

    def act(self, name: str, body: Json) -> Json:
        """Carries out one POST of the contract; `KeyError` means that there is no such thing."""
        self.asked.append((name, body))
        person = str(body.get("as", ""))
        answer: Json = {"ok": True}
        if name == "command":
            answer |= self._command(person, body)
        elif name == "message":
            self.say(
                body["channel"],
                body["text"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
                user=person,
                thread_ts=body.get("thread_ts"),
            )
        elif name == "click":
            if body["action_id"] == "document":
                answer["url"] = "https://wiki.example.com/policy"
            if body["action_id"] == "deeper":
                self.push_modal(
                    person,
                    {
                        "type": "modal",
                        "title": gallery.plain("A role"),
                        "submit": gallery.plain("Add"),
                        "blocks": [gallery.field("role_name", "Name", {"type": "plain_text_input"})],
                    },
                )
        elif name == "submit":
            if self.submit_errors:
                self.modals[person][-1]["errors"] = self.submit_errors
                answer["errors"] = self.submit_errors
            else:
                self.modals[person].pop()
        elif name == "close":
            self.modals[person].pop()
        elif name == "home":
            self.homes[person] = gallery.HOME
        elif name == "join":
            self.members[body["channel"]].append(person)
        elif name == "leave":
            self.members[body["channel"]].remove(person)
        elif name == "dismiss":
            self.toasts.pop(person, None)
        elif name == "clock":
            self.now += int(body["advance_seconds"])
            answer["clock"] = self.clock()
        elif name == "reset":
            self.start_over()
        self.touch()
        return answer

    def _command(self, person: str, body: Json) -> Json:
        if body["text"].startswith("/unknown"):
            return {"ok": False, "error": "/unknown is not a command of this workspace."}
        if body["text"] == "/rollout gallery":
            self.say(body["channel"], "Everything", blocks=gallery.MESSAGE_BLOCKS)
        elif body["text"] == "/rollout edit policy":
            self.push_modal(person, gallery.MODAL)
        else:
            self.say(
                body["channel"],
                "*Not yet.* The policy has not been delivered to this wave.\nPeople who get the link first meet the tool before its rules.\nNext: `/rollout launch brief pilot`",
                only=person,
            )
        return {"status": 200, "body": ""}


class Handler(BaseHTTPRequestHandler):
    """HTTP in front of the stub."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # head and body leave together; two small packets would wait for each other
    server: StubServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class names it so
        """Keeps the test output quiet."""

    def _answer(self, body: bytes, kind: str = "application/json", status: int = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _json(self, value: Json, status: int = HTTPStatus.OK) -> None:
        self._answer(json.dumps(value).encode(), status=status)

    def do_GET(self) -> None:
        """The page, the workspace, a view, the event stream."""
        url = urlsplit(self.path)
        stub = self.server.stub
        person = parse_qs(url.query).get("as", [""])[0]
        if url.path == "/" or url.path.startswith("/page/"):
            file = PAGE / (url.path.removeprefix("/page/") if url.path != "/" else "index.html")
            self._answer(file.read_bytes(), TYPES[file.suffix]) if file.is_file() else self._json(
                {"ok": False, "error": "no such file"}, HTTPStatus.NOT_FOUND
            )
        elif stub.away:
            self.close_connection = True
        elif url.path == "/sandbox/workspace":
            self._json(stub.workspace())
        elif person not in EVERYBODY:
            self._json({"ok": False, "error": "There is no such person."}, HTTPStatus.NOT_FOUND)
        elif url.path == "/sandbox/view":
            self._json(stub.view(person))
        else:
            self._events()

    def do_POST(self) -> None:
        """One act of a person."""
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if self.server.stub.away:
            self.close_connection = True
            return
        answer = self.server.stub.act(self.path.removeprefix("/sandbox/"), body)
        self._json(answer, HTTPStatus.OK if answer["ok"] else HTTPStatus.BAD_REQUEST)

    def _events(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        stub = self.server.stub
        version = stub.version
        try:
            while not self.server.closing and not stub.away:
                with stub.changed:
                    stub.changed.wait(KEEP_ALIVE_SECONDS)
                self.wfile.write(
                    b": still here\n\n"
                    if stub.version == version
                    else f'data: {{"version":{stub.version}}}\n\n'.encode()
                )
                self.wfile.flush()
                version = stub.version
        except OSError:
            return


class StubServer(ThreadingHTTPServer):
    """Serves the page and the stub on a free loopback port; a context manager."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.stub = Stub()
        self.closing = False

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hung up is no fault; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing = True
        self.stub.touch()
        self.shutdown()
        self.server_close()
