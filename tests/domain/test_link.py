"""The install link in a text: seen through every disguise that people or programs put it in, and in nothing else."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.link import link_findings, mentions_link
from bot.domain.policy import SeenBy, Tracked
from bot.domain.rollout import Plan
from bot.plan import parse_plan

URL = "https://install.example.com/hourglass"
HOST = "install.example.com"
SAMPLE = Path(__file__).parent.parent.parent / "examples" / "hourglass.yaml"


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The sample plan, whose texts do not name its link."""
    return parse_plan(SAMPLE.read_bytes(), today=None).plan


DISGUISES = {
    "the address": f"Get it at {URL} today.",
    "the host": f"Get it at {HOST}.",
    "another path": f"https://{HOST}/anything/else",
    "no path": f"https://{HOST}",
    "another scheme": f"ftp://{HOST}/x",
    "no scheme": f"//{HOST}/x",
    "capitals": "INSTALL.EXAMPLE.COM",
    "mixed case": "HTTPS://Install.Example.Com/Hourglass",
    "full width": "".join(chr(ord(sign) + 0xFEE0) for sign in HOST),
    "ideographic full stops": "install。example｡com",
    "mathematical letters": "".join(chr(ord(sign) + 0x1D3B9) if sign != "." else sign for sign in HOST),
    "circled letters": "ⓘⓝⓢⓣⓐⓛⓛ.ⓔⓧⓐⓜⓟⓛⓔ.ⓒⓞⓜ",
    "a space of no width": "install.\u200bexample\u200b.com",
    "a soft hyphen": "in\u00adstall.example.com",
    "a word joiner": "install\u2060.example.com",
    "a byte order mark": "install.ex\ufeffample.com",
    "a filler": "install\u3164.example.com",
    "a mark of direction": "install.\u200eexample.com",
    "percent": "https://install%2Eexample%2Ecom/",
    "percent, every letter": "".join(f"%{ord(letter):02X}" for letter in HOST),
    "percent twice": "install%252Eexample%252Ecom",
    "percent, small": "install%2eexample%2ecom",
    "an entity": "install&#46;example&#x2e;com",
    "an entity by name": "install&period;example&period;com",
    "Slack's link": f"<{URL}|click here>",
    "Slack's label": f"<https://wiki.example.org|{HOST}>",
    "Markdown": f"[here]({URL})",
    "HTML": f'<a href="{URL}">here</a>',
    "a port": f"https://{HOST}:8443/x",
    "a user": f"https://me@{HOST}/x",
    "a user and a password": f"https://me:secret@{HOST}/x",
    "hxxps": f"hxxps://{HOST}/hourglass",
    "hxxps and brackets": "hxxps[:]//install[.]example[.]com/hourglass",
    "brackets": "install[.]example[.]com",
    "round brackets": "install(.)example(.)com",
    "braces": "install{.}example{.}com",
    "dot in brackets": "install [dot] example (dot) com",
    "dot in words": "install dot example dot com",
    "dot in another language": "install [punkt] example [punto] com",
    "bold": "*install*.example.com",
    "code": f"`{HOST}`",
    "code inside": "install`.`example.com",
    "strikethrough": "install~.~example.com",
    "a backslash": "install\\.example\\.com",
    "a subdomain": f"https://eu.{HOST}/x",
    "several subdomains": f"a.b.c.{HOST}",
    "www": f"www.{HOST}",
    "the root's dot": f"{HOST}./x",
    "the end of a sentence": f"Install from {HOST}. Then log in.",
    "a sentence without a blank": f"Install from {HOST}.Then log in.",
    "quotes": f"“{HOST}”",
    "a hyphen before": f"- {HOST}",
    "an underscore around": f"_{HOST}_",
    "inside another address": f"https://go.example.org/?to={HOST}",
    "inside another address, encoded": "https://go.example.org/?to=https%3A%2F%2Finstall.example.com%2Fhourglass",
    "a mail address": f"help@{HOST}",
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguise_does_not_hide_the_link(disguise: str) -> None:
    """However the host is written, it is found, and the words shown are a piece of the text."""
    text = DISGUISES[disguise]
    found = mentions_link(text, URL)
    assert found
    assert found in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The install link comes from the button.",
        "https://wiki.example.com/time-tracking-policy",
        "example.com",
        "https://example.com/install",
        "reinstall.example.com",
        "re-install.example.com",
        "uninstall.example.com",
        "install.example.community",
        "install.example.com.au",
        "install.example.comp",
        "install.examples.com",
        "installxexample.com",
        "install-example.com",
        "installé.example.com",
        "1install.example.com",
        "Install the example. Com is short for commercial.",
        "install example com",
    ],
)
def test_other_hosts_and_words_are_left_alone(text: str) -> None:
    """Whole labels only: what merely begins or ends like the host is another host."""
    assert mentions_link(text, URL) is None


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://bücher.example/app", "see xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/app", "see BÜCHER.example"),
        ("https://bücher.example/app", "see bu\u0308cher.example"),
        ("https://xn--bcher-kva.example/app", "see xn--bcher-kva%2Eexample"),
        ("https://straße.example/app", "see STRASSE.example"),
        ("https://Install.Example.COM:8443/app", "install.example.com"),
        ("https://www.hourglass.example/app", "hourglass.example"),
        ("https://me:pw@install.example.com/app", "install.example.com"),
        ("https://install.example.com./app", "install.example.com"),
        ("https://10.20.30.40/app", "go to 10.20.30.40"),
        ("https://install.example.com", "install.example.com/path"),
        ("install.example.com/x", "install.example.com"),
    ],
)
def test_the_link_itself_may_be_written_in_any_way(url: str, text: str) -> None:
    """Punycode and its letters, capitals, ports and a leading www are one host on both sides."""
    assert mentions_link(text, url)


def test_a_text_is_quoted_with_the_address_around_the_host() -> None:
    """Whoever mends the text sees all that is to come out."""
    assert mentions_link(f"Please open {URL}?team=7 now.", URL) == f"{URL}?team=7"


def test_without_a_link_nothing_is_found() -> None:
    """A plan whose link is missing has that fault alone."""
    assert mentions_link("https:///", "") is None


def _with_text(plan: Plan, field: str, text: str) -> Plan:
    policy = plan.policy
    change: dict[str, Any] = {field.rpartition(".")[2]: text}
    if field in {"tool", "reason"}:
        return replace(plan, **change)
    if field.startswith("policy.tracked"):
        item = replace(Tracked("hours", "start and end"), **change)
        return replace(plan, policy=replace(policy, tracked=(policy.tracked[0], item)))
    if field.startswith("policy.seen_by"):
        reader = replace(SeenBy("payroll", "Fridays", "pay"), **change)
        return replace(plan, policy=replace(policy, seen_by=(policy.seen_by[0], reader)))
    if field.startswith("policy.not_tracked"):
        return replace(plan, policy=replace(policy, not_tracked=("calls", text)))
    if field.startswith("policy."):
        return replace(plan, policy=replace(policy, **change))
    if field.startswith("roles."):
        return replace(plan, roles=(plan.roles[0], replace(plan.roles[1], because=text)))
    return replace(plan, waves=(plan.waves[0], replace(plan.waves[1], team=text)))


@pytest.mark.parametrize(
    "field",
    [
        "tool", "reason", "policy.tracked[1].what", "policy.tracked[1].detail", "policy.not_tracked[1]", "policy.seen_by[1].who",
        "policy.seen_by[1].when", "policy.seen_by[1].purpose", "policy.own_data", "policy.breaks", "policy.corrections",
        "roles.salaried.because", "waves[1].team",
    ],
)  # fmt: skip
def test_every_text_of_the_plan_is_looked_at(plan: Plan, field: str) -> None:
    """People read all of them, so the link may stand in none."""
    assert link_findings(plan) == ()
    found = link_findings(_with_text(plan, field, "See install[.]example[.]com for more"))
    assert [(finding.field, finding.words) for finding in found] == [(field, "install[.]example[.]com")]


@pytest.mark.parametrize(
    ("document", "allowed"),
    [
        ("https://wiki.example.com/policy", True),
        ("https://docs.install.example.com/policy", True),
        ("https://install.example.com/policy", False),
        ("https://INSTALL.example.com:8443/policy", False),
        ("https://wiki.example.com/go?to=install.example.com", False),
        ("https://wiki.example.com/go?to=https%3A%2F%2Finstall%2Eexample%2Ecom", False),
    ],
)
def test_the_document_does_not_stand_where_the_link_leads(plan: Plan, document: str, *, allowed: bool) -> None:
    """Whoever opens the policy must not pass the install page; a neighbour of its host is another host."""
    found = link_findings(replace(plan, policy=replace(plan.policy, document_url=document)))
    assert [finding.field for finding in found] == ([] if allowed else ["policy.document_url"])


def test_texts_from_elsewhere_are_shown_by_their_own_names(plan: Plan) -> None:
    """A channel's topic or a pinned message gives the link away like any other text."""
    found = link_findings(plan, {"topic of C01ALL": HOST, "topic of C01CLIENT": "Client work"})
    assert [finding.field for finding in found] == ["topic of C01ALL"]


@given(
    before=st.text(max_size=20).map(lambda text: text + " "),
    after=st.text(max_size=20).map(lambda text: " " + text),
    invisible=st.lists(st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e"), min_size=1, max_size=4),
    at=st.integers(0, len(HOST)),
)
@settings(max_examples=150, deadline=None)
def test_invisible_characters_hide_nothing_anywhere(before: str, after: str, invisible: list[str], at: int) -> None:
    """Wherever they stand and whatever stands around, the host is read as people see it."""
    hidden = HOST[:at] + "".join(invisible) + HOST[at:]
    found = mentions_link(before + hidden + after, URL)
    assert found is not None


@given(text=st.text(max_size=80), url=st.text(max_size=40) | st.just(URL))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_and_quoted_as_written(text: str, url: str) -> None:
    """No text and no address raises an error, and what is quoted stands in the text."""
    found = mentions_link(text, url)
    assert found is None or found in text


def test_a_long_text_is_read_quickly() -> None:
    """A text that is almost the link over and over costs no more than its length."""
    began = time.process_time()
    for unit in ("install.example.", "%2569", "&amp;", "xn--", "[.", "dot ", "install[.]"):
        assert mentions_link(unit * (20_000 // len(unit)), URL) is None
    assert time.process_time() - began < 5.0
