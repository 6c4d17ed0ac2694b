"""Whatever people write, a cell holds text: nothing calculates, nothing breaks the file, nothing misleads the eye."""

from __future__ import annotations

import csv
import io
import unicodedata

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from bot.reports.safe_text import LONGEST, safe_text
from tests.reports.workbooks import figures_of, opened, parts, workbook

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=80)
FORMULAS = (
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    " =1+1",
    "\u00a0=1",
    "\uff1d1",
    "\u202e=1",
    "\ufeff=1",
)


def test_nothing_that_begins_like_a_formula_stays_one() -> None:
    """Also after it was saved as CSV and opened anew: an apostrophe stands before it."""
    for text in FORMULAS:
        assert safe_text(text).startswith("'"), text
    assert safe_text("1 + 1 = 2") == "1 + 1 = 2"
    assert safe_text("- a remark").startswith("'")


@pytest.mark.parametrize(
    "text", ["\ud800", "\ufffe", "\uffff", "\x00", "\x1b[31m", "\u202egnp.exe", "\u2066x\u2069", "\U0001fffe"]
)
def test_what_is_no_character_or_steers_is_left_out(text: str) -> None:
    """Lone surrogates, U+FFFE, controls and marks that turn the direction of writing."""
    kept = safe_text(f"a{text}b")
    assert kept.isprintable()
    assert kept.encode()
    assert not [c for c in kept if unicodedata.category(c) in ("Cc", "Cs", "Cn")]


def test_long_texts_are_cut_where_excel_counts() -> None:
    """Excel counts in UTF-16, and takes so many line breaks and no more."""
    for text in ("a" * 40_000, "\N{GRINNING FACE}" * 20_000, "_x0041_" * 6_000, "=" * 40_000, "a\n" * 20_000):
        cut = safe_text(text)
        assert len(cut.encode("utf-16-le")) // 2 <= LONGEST
        assert cut.endswith("\u2026")
        assert cut.count("\n") <= 253
    assert safe_text("a" * LONGEST) == "a" * LONGEST


@settings(max_examples=300, deadline=None)
@given(ANY)
@example("_x0041_")
@example("]]>")
@example("&lt;b&gt; <b>")
@example(" leading and trailing ")
@example("#N/A")
@example("1e5")
def test_any_text_is_read_back_as_the_same_text_by_two_libraries(text: str) -> None:
    """What was made safe is what stands there: not a formula, not an error, not a number, not another text."""
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("one")
    cell = WriteOnlyCell(sheet)
    cell._value, cell.data_type = safe_text(text), "s"  # type: ignore[attr-defined]
    sheet.append([cell])
    file = io.BytesIO()
    book.save(file)
    shown = safe_text(text).replace("_x005F_", "_")
    again = openpyxl.load_workbook(io.BytesIO(file.getvalue()))["one"]["A1"]
    assert again.data_type in ("s", "inlineStr", "n")
    assert str(again.value or "").strip() in (safe_text(text).strip(), shown.strip())
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue())).get_sheet_by_index(0).to_python()
    assert str(rows[0][0] if rows and rows[0] else "").strip() in (shown.strip(), safe_text(text).strip())


def test_saved_as_csv_nothing_calculates() -> None:
    """Every text of a whole workbook, written out as CSV, begins like text."""
    from tests.reports.test_workbook import hostile_figures

    for text in FORMULAS:
        content = workbook(hostile_figures(text), {text: text})
        for sheet in opened(content).worksheets:
            for row in sheet.iter_rows(values_only=True):
                file = io.StringIO()
                csv.writer(file).writerow(["" if each is None else each for each in row])
                for each in next(csv.reader(io.StringIO(file.getvalue()))):
                    assert not each.startswith(("=", "+", "@", "\t", "\r")), each
                    assert not (each.startswith("-") and not each[1:].replace(".", "").isdigit()), each


def test_an_empty_report_is_a_workbook() -> None:
    """No week, no voice, nothing: it opens all the same, and no sheet holds a formula."""
    content = workbook(figures_of([], None))
    assert not [name for name, xml in parts(content).items() if "<f>" in xml or "<f " in xml]
