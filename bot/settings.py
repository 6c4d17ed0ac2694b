"""What an operator sets, from the environment or `.env`; every mistake named with its fix, no secret ever repeated."""

from __future__ import annotations

import re
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

USER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")


class SettingsProblem(Exception):
    """A setting is missing or wrong. The message names it and says what to do, a line each."""


class Settings(BaseSettings):
    """Every setting. `.env.example` explains each in the same order."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", hide_input_in_errors=True)

    slack_bot_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_api_url: str = "https://slack.com/api/"
    database_url: str = "sqlite:///foreword.db"
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65535)
    timezone: str = "UTC"
    owners: Annotated[tuple[str, ...], NoDecode] = ()
    faq_dir: str = ""
    log_level: str = "info"
    log_format: str = "json"

    @field_validator("owners", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        ids = tuple(part.strip() for part in value.split(",") if part.strip())
        wrong = [each for each in ids if not USER_ID.fullmatch(each)]
        if wrong:
            msg = f"{wrong[0]} is not a Slack member id such as U01MARA (profile, ⋮, Copy member ID)"
            raise ValueError(msg)
        return ids

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            msg = "must be the name of a time zone such as Europe/Berlin"
            raise ValueError(msg) from error
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
            msg = "must be an address such as https://slack.com/api/"
            raise ValueError(msg)
        return value if value.endswith("/") else f"{value}/"

    @field_validator("log_level", "log_format")
    @classmethod
    def _known(cls, value: str) -> str:
        if value.lower() not in {"debug", "info", "warning", "error", "json", "console"}:
            msg = "LOG_LEVEL is debug, info, warning or error; LOG_FORMAT is json or console"
            raise ValueError(msg)
        return value.lower()


def read_settings(*, need_slack: bool = False, **given: Any) -> Settings:
    """The settings as they are now. Raises SettingsProblem; `need_slack` also asks for what talking to Slack takes."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        lines = [f"{str(each['loc'][0]).upper()}: {each['msg'].removeprefix('Value error, ')}" for each in error.errors()]
        raise SettingsProblem("\n".join(lines)) from None
    missing = []
    if need_slack and not settings.slack_bot_token.get_secret_value():
        missing.append("SLACK_BOT_TOKEN: missing. Slack shows it under OAuth & Permissions; it begins with xoxb-.")
    if need_slack and not (settings.slack_signing_secret.get_secret_value() or settings.slack_app_token.get_secret_value()):
        missing.append(
            "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN: one of them is needed. The first serves HTTP (Basic Information), "
            "the second opens Socket Mode (App-Level Tokens; it begins with xapp-)."
        )
    if missing:
        raise SettingsProblem("\n".join(missing))
    return settings
