"""What an operator sets, from the environment or `.env`; every mistake named with its fix, no secret ever repeated."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from bot.domain.pace import MESSAGES_PER_MINUTE

CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,20}")
MEMBER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
DATABASES = ("sqlite", "postgresql")
HIGHEST = {"PORT": 65535, "SLACK_MESSAGES_PER_MINUTE": 100_000}


class SettingsProblem(Exception):
    """A setting is missing or wrong. The message names it and says what to do, a line each."""


class Settings(BaseSettings):
    """Every setting. `.env.example` explains each in the same order. An empty value counts as not set."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    slack_bot_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_signing_secret_old: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_api_url: str = "https://slack.com/api/"
    slack_messages_per_minute: int = Field(default=MESSAGES_PER_MINUTE, ge=1, le=HIGHEST["SLACK_MESSAGES_PER_MINUTE"])
    database_url: str = Field(default="sqlite:///foreword.db", repr=False)  # may hold a password
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65535)
    public_url: str = ""
    timezone: str = "UTC"
    owners: Annotated[tuple[str, ...], NoDecode] = ()
    faq_dir: str = ""
    questions_channel: str = ""
    voice_key: SecretStr = SecretStr("")
    voice_key_old: SecretStr = SecretStr("")
    voice_key_file: str = "foreword.key"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"

    @field_validator(
        "slack_bot_token", "slack_signing_secret", "slack_signing_secret_old", "slack_app_token", mode="before"
    )
    @classmethod
    def _one_word(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip()
            if not (value.isascii() and value.isprintable()) or " " in value:
                msg = "holds a space or a character that no token has. Copy it again from the app's page."
                raise ValueError(msg)
        return value

    @field_validator("owners", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        ids = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        for place, each in enumerate(ids, start=1):
            if not MEMBER_ID.fullmatch(each):
                msg = (
                    f"entry {place} is not a Slack member id such as U01MARA. "
                    "In Slack: open the person's profile, choose ⋮, then Copy member ID."
                )
                raise ValueError(msg)
        return ids

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            names = {name.lower(): name for name in available_timezones()}
            near = get_close_matches(value.lower(), names, n=1)
            example = names[near[0]] if near else "Europe/Berlin"
            msg = f"is not the name of a time zone. Write one such as {example}."
            raise ValueError(msg) from error
        return value

    @field_validator("public_url")
    @classmethod
    def _public_url(cls, value: str) -> str:
        return cls._api_url(value) if value else value

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            usable = False
        else:
            usable = usable and not (parts.query or parts.fragment or parts.username or parts.password)
        if not usable or re.search(r"\s", value):
            msg = "is not an address such as https://slack.com/api/ (http or https, no user name, no query)."
            raise ValueError(msg)
        return value if value.endswith("/") else f"{value}/"

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value.partition("://")[0].partition("+")[0] not in DATABASES or "://" not in value:
            msg = "is not an address such as sqlite:///foreword.db or postgresql://user:password@host/name."
            raise ValueError(msg)
        return value

    @field_validator("faq_dir")
    @classmethod
    def _folder(cls, value: str) -> str:
        if value and not Path(value).is_dir():
            msg = "is not a folder that exists. Leave it empty for the answers that come with Foreword."
            raise ValueError(msg)
        return value

    @field_validator("questions_channel")
    @classmethod
    def _channel(cls, value: str) -> str:
        if value and not CHANNEL_ID.fullmatch(value):
            msg = "is not a Slack channel id such as C01OWNERS. In Slack: open the channel's details; the id is at the end."
            raise ValueError(msg)
        return value

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value


def read_settings(*, need_slack: bool = False, **given: Any) -> Settings:
    """The settings as they are now. Raises SettingsProblem; `need_slack` also asks for what talking to Slack takes."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingsProblem("\n".join(_sentence(each) for each in error.errors())) from None
    except UnicodeDecodeError:
        raise SettingsProblem(".env: is not text in UTF-8. Save it again as UTF-8.") from None
    except (SettingsError, OSError) as error:
        raise SettingsProblem(f".env: cannot be read ({type(error).__name__}).") from None
    missing = list(_missing(settings)) if need_slack else []
    if missing:
        raise SettingsProblem("\n".join(missing))
    return settings


def _missing(settings: Settings) -> list[str]:
    missing = []
    if not settings.slack_bot_token.get_secret_value():
        missing.append("SLACK_BOT_TOKEN: is missing. Slack shows it under OAuth & Permissions; it begins with xoxb-.")
    if not (settings.slack_signing_secret.get_secret_value() or settings.slack_app_token.get_secret_value()):
        missing.append(
            "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN: one of them is needed. The first serves HTTP (Basic Information), "
            "the second opens Socket Mode (App-Level Tokens; it begins with xapp-)."
        )
    return missing


def _sentence(error: ErrorDetails) -> str:
    """One line for one mistake. The value itself is never in it."""
    name = str(error["loc"][0]).upper() if error["loc"] else "settings"
    limits = error.get("ctx") or {}
    match error["type"]:
        case "value_error":
            return f"{name}: {error['msg'].removeprefix('Value error, ')}"
        case "literal_error":
            return f"{name}: must be {limits['expected'].replace(chr(39), '')}."
        case (
            "int_parsing"
            | "int_type"
            | "int_from_float"
            | "int_parsing_size"
            | "greater_than_equal"
            | "less_than_equal"
        ):
            return f"{name}: must be a whole number from 1 to {HIGHEST.get(name, 65535)}."
        case _:
            return f"{name}: cannot be used ({error['type']})."
