"""What the container and the unit say agrees with the code: paths, port, commands, settings, seconds, Python's version."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

import app
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
UNIT = (ROOT / "docs" / "deploy" / "foreword.service").read_text(encoding="utf-8")
NOT_OURS = {
    "PATH",
    "HOME",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONUNBUFFERED",
    "POSTGRES_USER",
    "POSTGRES_DB",
    "POSTGRES_PASSWORD",
}
SETTINGS = {name.upper() for name in Settings.model_fields}


def image_settings() -> dict[str, str]:
    """What the image sets in the environment."""
    block = re.search(r"^ENV ((?:.*\\\n)*.*)$", DOCKERFILE, re.MULTILINE)
    assert block
    return dict(re.findall(r"([A-Z_]+)=(\S+)", block[1]))


def commands() -> set[str]:
    """The commands that app.py knows."""
    return set(app.command_line()._subparsers._group_actions[0].choices)  # type: ignore[union-attr,arg-type]


def test_every_name_in_the_environment_is_a_setting() -> None:
    """A name that Foreword does not know would be ignored without a word."""
    named = set(image_settings()) | set(re.findall(r"^(?:Environment=| )?([A-Z_]{3,})=", UNIT, re.MULTILINE))
    for service in COMPOSE["services"].values():
        named |= set(service.get("environment", {}))
    for line in re.findall(r"^Environment=(.*)$", UNIT, re.MULTILINE):
        named |= {each.partition("=")[0] for each in line.split()}
    assert named - NOT_OURS <= SETTINGS
    given: dict[str, Any] = {name.lower(): value for name, value in image_settings().items() if name in SETTINGS}
    assert Settings(_env_file=None, **given).host == "0.0.0.0"  # noqa: S104 - in a container of its own


def test_all_of_the_code_is_in_the_image_and_nothing_else() -> None:
    """Each folder that app.py needs is copied and let through; secrets, databases and history are not."""
    copied = set(re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE))
    names = {name for line in copied for name in line.split()}
    assert names == {line[1:] for line in IGNORED if line.startswith("!")}
    assert IGNORED[1] == "*"
    assert all((ROOT / name).exists() for name in names)
    code = {
        path.relative_to(ROOT).parts[0]
        for path in ROOT.glob("*/**/*.py")
        if path.relative_to(ROOT).parts[0] not in ("tests", "build")
        and not path.relative_to(ROOT).parts[0].startswith(".")
    }
    assert code <= names
    assert {"app.py", "manifest.json", "requirements.lock", "examples"} <= names


def test_the_image_writes_to_its_volume_alone_and_is_nobody() -> None:
    """Not root, nothing to compile later, the database in the volume, the lock by its hashes."""
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)
    assert re.search(r"^VOLUME /data$", DOCKERFILE, re.MULTILINE)
    given = image_settings()
    assert given["DATABASE_URL"].startswith("sqlite:////data/")
    assert given["PYTHONDONTWRITEBYTECODE"] == "1"
    for word in ("--require-hashes", "--no-deps", "--only-binary=:all:"):
        assert word in DOCKERFILE
    assert f"EXPOSE {given['PORT']}" in DOCKERFILE
    assert int(given["PORT"]) == Settings(_env_file=None).port


def test_pythons_version_is_one_that_the_project_takes() -> None:
    """Both stages the same, and new enough."""
    versions = re.findall(r"^FROM python:3\.(\d+)-slim", DOCKERFILE, re.MULTILINE)
    assert len(versions) == 2
    assert len(set(versions)) == 1
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert int(versions[0]) >= int(needed.removeprefix(">=3."))


def test_every_command_exists() -> None:
    """What the image, the services and the unit run is a command of app.py's."""
    run = json.loads(re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[-1])
    run += [word for service in COMPOSE["services"].values() for word in service.get("command", [])]
    run += re.findall(r"^Exec\w+=\S+/python app\.py (\w+)$", UNIT, re.MULTILINE)
    assert set(run) <= commands()
    assert sorted(run) == ["migrate", "migrate", "run", "run", "run"]


def test_the_services_are_locked_up_and_wait_for_one_another() -> None:
    """Read-only, without capabilities, migrated before the bot starts, no secret in the file."""
    services = COMPOSE["services"]
    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
    assert services["bot"]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["migrate"]["depends_on"]["db"] == {"condition": "service_healthy"}
    assert all(port.startswith("127.0.0.1:") for port in services["bot"]["ports"])
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert not re.search(r"xox[bap]-|PASSWORD: [^$]", text)
    address = services["bot"]["environment"]["DATABASE_URL"].replace(
        "${POSTGRES_PASSWORD:?add POSTGRES_PASSWORD to .env}", "p"
    )
    assert Settings(_env_file=None, database_url=address).database_url == address


def test_it_is_not_killed_before_it_has_ended() -> None:
    """Whoever stops it waits longer than it takes."""
    assert int(re.findall(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)[0]) > app.STOPPED_WITHIN
    assert int(COMPOSE["services"]["bot"]["stop_grace_period"].removesuffix("s")) > app.STOPPED_WITHIN
    assert f"RestartPreventExitStatus={app.UNUSABLE}" in UNIT


def test_the_unit_is_locked_up() -> None:
    """What a service needs not, it may not."""
    for line in (
        "DynamicUser=yes",
        "ProtectSystem=strict",
        "StateDirectory=foreword",
        "NoNewPrivileges=yes",
        "Restart=on-failure",
    ):
        assert line in UNIT.splitlines()
    assert "sqlite:////var/lib/foreword/" in UNIT


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Somebody who answers /healthz like this; yields the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_tells_well_from_unwell(status: int, code: int) -> None:
    """The very command of the Dockerfile, also behind a proxy's settings."""
    found = re.search(r"^HEALTHCHECK .*\\\n  CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert found
    command = json.loads(found[1])
    with answering(status) as port:
        env = {"PORT": str(port), "HTTP_PROXY": "http://127.0.0.1:9"}
        ended = subprocess.run([sys.executable, *command[1:]], env=env, check=False, capture_output=True)  # noqa: S603
    assert ended.returncode == code
