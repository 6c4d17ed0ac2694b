"""Text from people and from the bot: markup becomes nodes, everything else stays text."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.sandbox_page import gallery
from tests.sandbox_page.conftest import Window

DRAW = """async ([text, tz]) => {
  const { mrkdwn } = await import("/page/mrkdwn.js");
  const reader = { id: "U1", tz, now: 1796025600, personName: (id) => ({ U1: "Ana", U2: "Ben" })[id] ?? null, channelName: (id) => ({ C1: "team" })[id] ?? null };
  const box = document.createElement("div");
  box.append(...mrkdwn(text, reader));
  for (const node of box.querySelectorAll("*")) for (const { name } of [...node.attributes]) if (!["href", "rel", "target"].includes(name)) node.removeAttribute(name);
  return box.innerHTML;
}"""
LINK = '<a href="https://a.example/x" target="_blank" rel="noopener noreferrer">'


MRKDWN = [
    ("plain", "<p>plain</p>"),
    ("*bold* and _italic_ and ~gone~", "<p><strong>bold</strong> and <em>italic</em> and <s>gone</s></p>"),
    ("*bold _both_*", "<p><strong>bold <em>both</em></strong></p>"),
    ("2*3*4 and snake_case_name and a * b * c", "<p>2*3*4 and snake_case_name and a * b * c</p>"),
    ("*not\nbold*", "<p>*not\nbold*</p>"),
    ("*a* *b*", "<p><strong>a</strong> <strong>b</strong></p>"),
    ("`*code* &lt;b&gt;`", "<p><code>*code* &lt;b&gt;</code></p>"),
    ("a\n```\nx *y*\n  z\n```\nb", "<p>a</p><pre><code>x *y*\n  z</code></pre><p>b</p>"),
    ("```open", "<p>```open</p>"),
    ("&gt; one\n&gt; two\nthree", "<blockquote>one\ntwo</blockquote><p>three</p>"),
    ("&gt;&gt;&gt; all\nof it", "<blockquote>all\nof it</blockquote>"),
    ("<https://a.example/x|a *label*>", f"<p>{LINK}a *label*</a></p>"),
    ("<https://a.example/x>", f"<p>{LINK}https://a.example/x</a></p>"),
    ("see https://a.example/x.", f"<p>see {LINK}https://a.example/x</a>.</p>"),
    ("*<https://a.example/x|y>*", f"<p><strong>{LINK}y</a></strong></p>"),
    ("<javascript:alert(1)|press>", "<p>&lt;javascript:alert(1)|press&gt;</p>"),
    ("<data:text/html,x|press>", "<p>&lt;data:text/html,x|press&gt;</p>"),
    ("<mailto:a@b.example|a@b.example>", "<p><span>a@b.example</span></p>"),
    (
        "<@U2> <@U9|nobody> <#C1> <!here>",
        "<p><span>@Ben</span> <span>@nobody</span> <span>#team</span> <span>@here</span></p>",
    ),
    ("&lt;b&gt; &amp;amp; &quot;", "<p>&lt;b&gt; &amp;amp; &amp;quot;</p>"),
    ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
    ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    (":tada: :no_such_sign: 10:30:45", "<p><span>🎉</span> :no_such_sign: 10:30:45</p>"),
    (":white_check_mark: done", "<p><span>✅</span> done</p>"),
    ("<!date^1796025600^{date_short} at {time}|x>", "<p><time>30 Nov 2026 at 09:00</time></p>"),
    ("<!date^1796025600^{date_long_pretty}|x>", "<p><time>today</time></p>"),
    ("<!date^never^{date}|some day>", "<p>some day</p>"),
    ("", ""),
    ("*", "<p>*</p>"),
    ("**", "<p>**</p>"),
    ("<", "<p>&lt;</p>"),
    ("a\n\nb", "<p>a\n\nb</p>"),
    ("a\n• b *c*\n• d\ne", "<p>a</p><p>• b <strong>c</strong></p><p>• d</p><p>e</p>"),
]


def test_mrkdwn_becomes_nodes(desktop: Window) -> None:
    """Slack's markup is drawn as Slack draws it; what is not markup, or not a web address, stays the text it is."""
    desktop.go()
    assert [desktop.page.evaluate(DRAW, [text, "Europe/Berlin"]) for text, _ in MRKDWN] == [
        drawn for _, drawn in MRKDWN
    ]


def test_dates_are_in_the_readers_zone(desktop: Window) -> None:
    """The same moment reads as another wall-clock time, even another day, for somebody elsewhere."""
    desktop.go()
    seoul = desktop.page.evaluate(DRAW, ["<!date^1796056200^{date_short} {time}|x>", "Asia/Seoul"])
    new_york = desktop.page.evaluate(DRAW, ["<!date^1796056200^{date_short} {time}|x>", "America/New_York"])
    assert seoul == "<p><time>1 Dec 2026 01:30</time></p>"
    assert new_york == "<p><time>30 Nov 2026 11:30</time></p>"


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=hacked=1>",
        "<svg/onload=hacked=1>",
        "&lt;img src=x onerror=hacked=1&gt;",
        "'\"><script>hacked=1</script>",
    ],
)
def test_markup_typed_by_a_person_stays_text(window: Window, hostile: str) -> None:
    """Whatever a person types is shown letter for letter, in a message, in blocks and in names, and runs nothing."""
    window.go("U02ANA/C01CLIENT")
    window.composer.fill(hostile)
    window.composer.press("Enter")
    window.await_asked("message")
    blocks = [
        {"type": "section", "text": gallery.mrkdwn(hostile)},
        {"type": "header", "text": gallery.plain(hostile)},
        {"type": "markdown", "text": hostile},
    ]
    window.stub.say("C01CLIENT", hostile, blocks=blocks, name=hostile)
    log = window.page.locator(".conversation .log")
    expect(log.locator(".message")).to_have_count(2)
    expect(log.locator(".message").first).to_contain_text(hostile)
    assert log.locator("img, svg[onload], script").count() == 0
    assert window.page.evaluate("typeof hacked") == "undefined"


def test_every_block_and_element_is_drawn(window: Window) -> None:
    """One of each kind: nothing falls back to "does not draw", nothing breaks out sideways, images from elsewhere are not fetched."""
    fetched: list[str] = []
    window.page.on("request", lambda request: fetched.append(request.url))
    window.stub.say("C01CLIENT", "all", blocks=gallery.MESSAGE_BLOCKS)
    window.go("U02ANA/C01CLIENT")
    message = window.page.locator(".message")
    for words in (
        "Launch policy to pilot 📜",
        "@Ana Duarte",
        "first point",
        "Plain bold",
        "Launch to 5 people",
        "Policy version 1",
        "Answers by week",
        "Salaried",
        "<not a tag> & so on",
    ):
        expect(message).to_contain_text(words)
    assert window.page.locator(".unknown").count() == 0
    assert not window.overflows()
    assert [url for url in fetched if not url.startswith(window.address)] == []


def test_an_unknown_block_is_named_not_hidden(desktop: Window) -> None:
    """A block of a kind that the page cannot draw says so, and the rest of the message is there."""
    desktop.stub.say(
        "C01CLIENT", "x", blocks=[{"type": "hologram"}, {"type": "section", "text": gallery.mrkdwn("still here")}]
    )
    desktop.go("U02ANA/C01CLIENT")
    expect(desktop.page.locator(".unknown")).to_contain_text("hologram")
    expect(desktop.page.locator(".message")).to_contain_text("still here")
