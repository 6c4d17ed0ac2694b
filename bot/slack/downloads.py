"""A one-time download, for servers that take no files: a page with a button, and behind the button the workbook.

The page uses nothing up, so that programs which look at links in messages do not; only the button does.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GUARDS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><meta name="viewport" content="width=device-width">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color:#1f2933}}
button{{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.4rem;background:#1f5f6b;color:#fff}}</style></head>
<body><h1>{title}</h1><p>{text}</p>{button}</body></html>"""
BUTTON = '<form method="post"><button>Download the workbook</button></form>'


Works = Callable[[str], Awaitable[bool]]
"""Whether a link works still."""
Fetch = Callable[[str], Awaitable[tuple[str, bytes] | None]]
"""The workbook behind a link, name and content, after which it does not work any more; None when it did not before."""


def downloads(works: Works, fetch: Fetch) -> Starlette:
    """GET and POST /reports/TOKEN."""

    async def page(request: Request) -> Response:
        token = request.path_params["token"]
        if not (TOKEN.fullmatch(token) and await works(token)):
            return _gone()
        text = "The link works once, and it is yours alone. What you download names nobody; please keep it so."
        return HTMLResponse(PAGE.format(title="The pushback report", text=text, button=BUTTON), headers=GUARDS)

    async def give(request: Request) -> Response:
        token = request.path_params["token"]
        download = await fetch(token) if TOKEN.fullmatch(token) else None
        if download is None:
            return _gone()
        name, content = download
        disposition = f"attachment; filename*=UTF-8''{quote(name)}"
        return Response(content, media_type=EXCEL, headers={**GUARDS, "Content-Disposition": disposition})

    return Starlette(
        routes=[
            Route("/reports/{token}", page, methods=["GET"]),
            Route("/reports/{token}", give, methods=["POST"]),
        ]
    )


def _gone() -> Response:
    text = "This link was used, or is too old. Ask for another one in Slack: /pushback report"
    return HTMLResponse(PAGE.format(title="Nothing here", text=text, button=""), 404, headers=GUARDS)
