"""Gates as a manager reads them: what holds, what is missing, why it matters, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.domain.findings import Finding
from bot.domain.gates import LABELS, GateResult, Kind
from bot.domain.rollout import Step
from bot.ports import Post
from bot.views.escape import escape
from bot.views.ids import ActionId
from bot.views.pieces import button, buttons, clipped, header, post, sections, small
from bot.views.words import STEP_NAMES

FINDINGS_SHOWN = 5
WORDS_SHOWN = 150


def gate_lines(results: Sequence[GateResult]) -> str:
    """One line for each gate: a tick, or what is missing."""
    lines = []
    for result in results:
        if result.failure is None:
            lines.append(f":white_check_mark:  {LABELS[result.gate]}  `{result.gate}`")
        elif result.waived:
            lines.append(
                f":ballot_box_with_check:  {LABELS[result.gate]}  `{result.gate}`, waived by <@{result.waived.asked_by}> and "
                f"<@{result.waived.approved_by}>"
            )
        else:
            lines.append(f":x:  *{LABELS[result.gate]}*  `{result.gate}`\n      {_typed(result.failure.missing)}")
    return "\n".join(lines)


def gates_message(title: str, results: Sequence[GateResult], *, wave: str, wave_id: str = "", intro: str = "") -> Post:
    """All gates of one step in full: the readiness check, and the refusal of a launch."""
    failed = [result for result in results if not result.holds]
    blocks: list[Block] = [header(title)]
    if intro:
        blocks += sections(intro)
    for result in failed:
        blocks += sections(failure_text(result, wave))
    passed = [result for result in results if result.holds]
    if passed:
        blocks += sections(gate_lines(passed))
    waivable = [result for result in failed if result.kind is Kind.SOFT]
    elements = []
    if any(result.gate == "answers_ready" for result in failed) and wave_id:
        elements.append(button(ActionId.SIGN_OFF, "Read and sign off the answers", wave_id))
    if waivable and wave_id:
        elements.append(button(ActionId.ASK_OVERRIDE, "Ask for an override", wave_id))
    if elements:
        blocks.append(buttons(*elements))
    blocks.append(
        small(
            "Hard gates hold for everybody. A soft gate can be waived by two managers, and everybody sees that they did."
        )
    )
    summary = "; ".join(f"{result.gate}: {result.failure.missing}" for result in failed if result.failure)
    return post(f"{title}. {_typed(summary)}" if summary else title, blocks)


def failure_text(result: GateResult, wave: str) -> str:
    """One gate that does not hold: what is missing, why it matters, what to do."""
    failure = result.failure
    if failure is None:
        return f":white_check_mark:  `{result.gate}`"
    lines = [f":x:  *{LABELS[result.gate]}*  `{result.gate}`, {result.kind}\n{_typed(failure.missing)}"]
    lines += [_finding(finding) for finding in failure.findings[:FINDINGS_SHOWN]]
    if len(failure.findings) > FINDINGS_SHOWN:
        lines.append(f"•  … and {len(failure.findings) - FINDINGS_SHOWN} more")
    lines.append(f"_Why it matters:_ {escape(result.why)}")
    lines.append(f"_What to do:_ {_typed(failure.mend)}")
    if result.kind is Kind.SOFT:
        lines.append(f"_Or, with a second manager:_ `/rollout override {result.gate} {escape(wave)} because …`")
    return "\n".join(lines)


def refused_launch(step: Step, wave: str, results: Sequence[GateResult], *, wave_id: str) -> Post:
    """Why a launch does not go."""
    names = ", ".join(f"`{result.gate}`" for result in results if not result.holds)
    return gates_message(
        f"Not launched: {step} for {wave}",
        results,
        wave=wave,
        wave_id=wave_id,
        intro=f"Nothing was sent. Before {STEP_NAMES[step]} goes to *{escape(wave)}*, this has to hold: {names}.",
    )


def _finding(finding: Finding) -> str:
    words = (
        f" \N{LEFT DOUBLE QUOTATION MARK}{escape(clipped(finding.words, WORDS_SHOWN))}\N{RIGHT DOUBLE QUOTATION MARK}:"
        if finding.words
        else ""
    )
    return f"•  `{escape(finding.field)}`{words} {escape(finding.problem)} {escape(finding.mend)}"


def _typed(text: str) -> str:
    """A gate's own sentence, in which only its mentions of managers are markup."""
    parts = text.split("<@")
    escaped = [escape(parts[0])]
    for part in parts[1:]:
        person, closed, rest = part.partition(">")
        mention = f"<@{person}>" if closed and person.isalnum() else escape(f"<@{person}{closed}")
        escaped.append(mention + escape(rest))
    return "".join(escaped)
