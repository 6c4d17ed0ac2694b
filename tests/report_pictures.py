"""Takes the pictures in docs/pictures/report: a made-up rollout's workbook, printed by LibreOffice, sheet by sheet.

Run by `make report-pictures`. Needs LibreOffice (soffice) and Poppler (pdftoppm, pdftotext) on the path.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl

import app
from bot.domain.answer_scale import scale
from bot.domain.report import CheckinLine, ReportFigures, ReviewLine, ScaleLine, SignLine, VerdictLine
from bot.plan import parse_plan
from bot.reports.workbook import write_workbook
from bot.sealing import Keyring
from bot.services import exporting, reporting
from bot.services.made_up import MadeUp, Size
from bot.services.voices import Ear
from bot.store import migrate, rollouts
from bot.store.database import SQLiteDatabase
from faq.book import open_book

PICTURES = Path(__file__).parent.parent / "docs" / "pictures" / "report"
NOW = datetime(2026, 12, 2, 9, tzinfo=UTC)
EAR = Ear(Keyring(b"of-pictures-and-of-nobody-else-at-all"), ZoneInfo("Europe/Berlin"))
COMPANY, PILOT = Size(1_600, 420, 16, seed=5), Size(14, 40, 4, seed=3)
NAMES = {"U01MARA": "Mara Lindqvist", "U01OTIS": "Otis Bakare", "U01HELEN": "Helen Castellanos"}
DOTS = 80
TOOLS = ("soffice", "pdftoppm", "pdftotext")


def figures_of(size: Size) -> tuple[ReportFigures, dict[str, str]]:
    """A report on a made-up rollout of this size, with the teams of its waves."""
    database, book = SQLiteDatabase("sqlite://"), open_book()
    database.run_now(migrate.to)
    made = MadeUp(parse_plan(app.SAMPLE_PLAN.read_bytes(), today=None).plan, EAR, book, size, now=NOW)
    database.run_now(made.begin)
    for period in made.periods():
        database.run_now(partial(made.speak, period=period))
    database.run_now(made.end)
    with database.engine.begin() as db:
        rollout = rollouts.every(db)[0]
        over = reporting.weeks_over(db, rollout, EAR, now=NOW)
        wanted = reporting.Wanted(over, "U01HELEN", "for the works council in December", NAMES)
        figures = reporting.gathered(db, rollout, EAR, book, wanted, now=NOW)
    database.engine.dispose()
    return figures, exporting.teams_of(rollout)


def with_a_month(figures: ReportFigures) -> ReportFigures:
    """The same with check-ins, reviews and signs, which nobody answers in a made-up rollout."""
    from dataclasses import replace

    why = "Do you understand why Hourglass was introduced? (1 not at all, 5 fully)"
    mood = "How do you feel about it by now? (1 frustrated, 5 reassured)"
    first = (ScaleLine(why, scale([1, 4, 8, 12, 9], 5)), ScaleLine(mood, scale([6, 9, 8, 7, 4], 5)))
    second = (ScaleLine(why, scale([0, 1, 5, 14, 15], 5)), ScaleLine(mood, scale([2, 5, 9, 12, 7], 5)))
    found = replace(
        figures.found,
        checkins=(
            CheckinLine("pilot", 3, date(2026, 8, 24), 40, 34, first),
            CheckinLine("pilot", 7, date(2026, 8, 28), 40, 35, second),
            CheckinLine("design", 3, date(2026, 9, 16), 8, None),
        ),
        verdicts=(VerdictLine("pilot", NOW - timedelta(days=95), "go", 1, "In the newest check-in more people are reassured than frustrated."),),
        reviews=(
            ReviewLine("pilot", "Reviewed once a week", 14, 12, 1, 1, "2026-10-07, off schedule: a client disputed one invoice"),
            ReviewLine("engineering", "Reviewed once a week", 8, 8, 0, 0),
        ),
        signs=(SignLine(4, "Somebody asks HR before asking their manager (design)", NOW - timedelta(days=40), NOW - timedelta(days=38), "Managers were briefed again; the contact now stands in the channel's topic."),),
    )  # fmt: skip
    return replace(figures, found=found)


def printed(figures: ReportFigures, teams: dict[str, str], folder: Path, name: str) -> dict[str, int]:
    """Print a workbook to NAME.pdf in a folder; returns each sheet's first page."""
    file = io.BytesIO()
    write_workbook(figures, file, teams=teams)
    workbook = folder / f"{name}.xlsx"
    workbook.write_bytes(file.getvalue())
    _print(workbook, folder)
    texts = _texts_of(folder / f"{name}.pdf")
    sheets = openpyxl.load_workbook(workbook).sheetnames
    return {sheet: next(page for page, lines in texts.items() if sheet in lines) for sheet in sheets}


def _texts_of(file: Path) -> dict[int, list[str]]:
    """The lines of each page; the name of its sheet stands at the foot of each."""
    said = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True)  # noqa: S603, S607
    return {
        page: [words.strip() for line in text.splitlines() for words in line.split("  ")]
        for page, text in enumerate(said.stdout.split("\f"), 1)
    }


def _print(workbook: Path, folder: Path) -> None:
    subprocess.run(  # noqa: S603
        ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf", "--outdir", str(folder), str(workbook)],  # noqa: S607
        check=True,
        capture_output=True,
    )  # fmt: skip


def main() -> int:
    """Every sheet of a company's report, and the summary of a small pilot's."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        sys.stderr.write(f"Not found: {', '.join(missing)}. On Debian: apt install libreoffice-calc poppler-utils\n")
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    company, teams = figures_of(COMPANY)
    pilot, pilot_teams = figures_of(PILOT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, figures, of, only in (
            ("company", with_a_month(company), teams, None),
            ("pilot", pilot, pilot_teams, {"Summary", "Themes by week"}),
        ):
            for sheet, page in printed(figures, of, folder, kind).items():
                if only is None or sheet in only:
                    picture = PICTURES / f"{'' if only is None else 'pilot-'}{sheet.lower().replace(' ', '-')}"
                    subprocess.run(  # noqa: S603
                        ["pdftoppm", "-r", str(DOTS), "-f", str(page), "-l", str(page), "-png", "-singlefile", str(folder / f"{kind}.pdf"), str(picture)],  # noqa: S607
                        check=True,
                    )  # fmt: skip
                    sys.stdout.write(f"{picture.name}.png\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
