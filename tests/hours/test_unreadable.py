"""What cannot be read is said plainly, with its place, and without a name."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path

import pytest

from bot.hours.report import as_json, as_text, judge_file
from bot.hours.unreadable import Unreadable
from tests.hours.exports import save_workbook

HEAD = "User,Email,Team,Start date,Start time,Duration"
GOOD = "Anna Secret,a@x.example,{team},2026-11-0{day},09:0{day}:00,01:0{day}:00"


def lines(last: str) -> str:
    """Thirty good rows, and one more on line 32."""
    rows = [GOOD.format(team="red", day=1 + each % 9) for each in range(30)]
    return "\n".join([HEAD, *rows, last, ""])


@pytest.mark.parametrize(
    ("last", "column"),
    [
        ("Anna Secret,a@x.example,red,2026-11-02,09:00:00,Anna Secret", "Duration"),
        ("Anna Secret,a@x.example,red,2026-13-45,09:00:00,01:00:00", "Start date"),
        ("Anna Secret,a@x.example,red,,09:00:00,01:00:00", "Start date"),
        ("Anna Secret,a@x.example,red,2026-11-02,Anna,01:00:00", "Start time"),
        ("Anna Secret,a@x.example,red,2026-11-02,09:00:00,99:00:00", "Duration"),
    ],
)
def test_a_bad_cell_is_placed_and_not_repeated(last: str, column: str, tmp_path: Path) -> None:
    """The message names the line and the column, and never what stands there."""
    path = tmp_path / "export.csv"
    path.write_text(lines(last), encoding="utf-8")
    with pytest.raises(Unreadable) as told:
        judge_file(path)
    assert str(told.value).startswith(f"Line 32, column “{column}”: ")
    assert "Anna" not in str(told.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"a,b,c\n1,2,3\n", "No headings"),
        (f"{HEAD}\n".encode(), "no entries"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(50), ".xlsx"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b'{"entries": []}', "JSON"),
        (b"<html><body>", "web page"),
        (b"\x00\x01\x02\x03 abcdefghijklmnopqrstuvwxyz", "not a text file"),
        (f"{HEAD}\n".encode("utf-16")[:-1], "damaged"),
        (f'{HEAD}\n"'.encode() + b"x,\n" * 2_000_000, "quotation mark"),
    ],
)
def test_other_files_are_refused_in_a_sentence(content: bytes, words: str, tmp_path: Path) -> None:
    """Whatever the file is, the answer is a sentence that says what to do, never a traceback."""
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=words):
        judge_file(path)


def test_an_archive_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    """A ZIP that is no workbook, and a name that leads nowhere, are told apart from damage."""
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("export.csv", HEAD)
    with pytest.raises(Unreadable, match="Unpack"):
        judge_file(path)
    with pytest.raises(Unreadable, match="cannot be opened"):
        judge_file(tmp_path / "nothing.csv")
    with pytest.raises(Unreadable, match="such as 8"):
        judge_file(path, contract_hours=0)


def test_damaged_workbooks_are_refused(tmp_path: Path) -> None:
    """Wherever a workbook is damaged, the answer is a sentence; and a workbook needs no particular ending."""
    good = tmp_path / "export.xlsx"
    save_workbook(
        good, [["Date", "Name", "Hours"], *([f"2026-11-{day:02}", f"N{day % 6}", 1.25] for day in range(1, 29))]
    )
    content = good.read_bytes()
    path = tmp_path / "download"
    path.write_bytes(content)
    assert judge_file(path).groups[0].figures is not None
    rng = random.Random(11)
    refused = 0
    for _ in range(40):
        damaged = bytearray(content)
        for _ in range(20):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged)
        try:
            judge_file(path)
        except Unreadable:
            refused += 1
    assert refused > 20


def test_small_groups_and_names_stay_unsaid(tmp_path: Path) -> None:
    """Of a group under k there is no figure, not even how many; a group called like a person gets a number."""
    rows = [HEAD]
    for person in range(9):
        team = "blue" if person < 3 else "Anna Secret"
        rows += [
            f"{'Anna Secret' if not person else f'N{person}'},p{person}@x.example,{team},2026-11-0{day},09:00:00,0{day}:10:00"
            for day in range(2, 7)
        ]
    path = tmp_path / "export.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    report = judge_file(path)
    groups = {each["group"]: each for each in json.loads(as_json(report))["groups"]}
    assert set(groups) == {"blue", "group 1"}
    assert set(groups["blue"].values()) == {"blue", None}
    assert list(groups["blue"]) == list(groups["group 1"])
    assert groups["group 1"]["people"] == 6
    assert groups["group 1"]["sign"] is False
    assert "Secret" not in as_text(report) + as_json(report)
    assert "fewer than 5" in as_text(report)


def test_nobody_can_be_told_apart(tmp_path: Path) -> None:
    """An export without a column for people is one that says nothing."""
    path = tmp_path / "export.csv"
    path.write_text("Start date,Duration\n" + "2026-11-02,1:00:00\n" * 40, encoding="utf-8")
    assert all(each.figures is None for each in judge_file(path).groups)
