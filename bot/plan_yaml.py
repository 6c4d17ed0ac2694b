"""A plan file as a tree that knows its lines, and with nothing a plan has no use for: no aliases, tags or second documents.

Read from PyYAML's nodes, so that every fault can be shown where it stands, and nothing in the file is ever constructed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

SIZE_LIMIT = 256_000
"""Bytes. A long plan has about 10,000."""
DEPTH_LIMIT = 8
"""Lists and fields inside each other. A plan has three."""
NODE_LIMIT = 10_000
"""Names, values and lists. A long plan has about 1,000."""

# What YAML itself does not allow in a file, whatever it is written in.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OTHER_ENCODINGS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """One fault: the line (1 is the first; None when it is about the whole file), the field, and what to write instead."""

    line: int | None
    field: str
    message: str


class PlanError(Exception):
    """The file cannot be used. Holds every problem of its form, in the order of lines, and of its content what could be read."""

    problems: tuple[PlanProblem, ...]
    content: tuple[PlanProblem, ...]

    def __init__(self, problems: Sequence[PlanProblem], content: Sequence[PlanProblem] = ()) -> None:
        """At least one problem; `content` is what would be vague or missing even if the form were right."""
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line or 0))
        self.content = tuple(content)


def read_tree(source: str | bytes) -> MappingNode:
    """The file's top-level mapping. Raises PlanError with one problem: what cannot be read at all has no second one."""
    text = _decoded(source)
    loader = _PlanLoader(text)
    try:
        node = loader.single_document()
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, text) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # Numbers in escapes and directives that are beyond what Python holds end here as well.
        raise _refused("this is not YAML: an escape or directive here means nothing.", loader.line + 1) from error
    finally:
        loader.dispose()
    if node is None:
        raise _refused("the file is empty. Start from examples/hourglass.yaml.")
    if not isinstance(node, MappingNode):
        raise _refused(
            f"a plan is made of fields such as `rollout: hourglass`; this file is {kind_of(node)}.",
            node.start_mark.line + 1,
        )
    return node


def is_null(node: Node) -> bool:
    """Whether a value was left out: nothing, `~` or `null`."""
    return isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def kind_of(node: Node) -> str:
    """What a node is, in words."""
    if isinstance(node, MappingNode):
        return "a group of fields"
    if isinstance(node, SequenceNode):
        return "a list"
    kinds = {"null": "nothing", "int": "a number", "float": "a number", "bool": "yes or no", "timestamp": "a date"}
    return kinds.get(node.tag.rpartition(":")[2], "a text")


def _refused(message: str, line: int | None = None, field: str = "") -> PlanError:
    return PlanError([PlanProblem(line, field, message)])


def _decoded(source: str | bytes) -> str:
    size = len(source)
    if size <= SIZE_LIMIT and isinstance(source, str):
        size = len(source.encode("utf-8", "surrogatepass"))
    if size > SIZE_LIMIT:
        raise _refused(f"the file has {size:,} bytes, and a plan has at most {SIZE_LIMIT:,}. Is this the right file?")
    if isinstance(source, str):
        text = source.removeprefix("\ufeff")
    else:
        for mark, name in _OTHER_ENCODINGS:
            if source.startswith(mark):
                raise _refused(f"the file is saved as {name}. Save it as UTF-8.")
        try:
            text = source.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = source.count(b"\n", 0, error.start) + 1
            raise _refused("this line is not UTF-8 text. Save the file as UTF-8.", line) from error
    unprintable = _UNPRINTABLE.search(text)
    if unprintable:
        before = _lines_of(text[: unprintable.start()])
        line, column = len(before), len(before[-1]) + 1
        message = f"an invisible control character (U+{ord(unprintable[0]):04X}) stands in column {column}. Delete it."
        raise _refused(message, line, _field_at(_lines_of(text), line - 1))
    return text


class _PlanLoader(yaml.SafeLoader):
    """Composes nodes and refuses on the way what no plan needs, before it can grow."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._text = text
        self._depth = self._nodes = 0

    def single_document(self) -> Node | None:
        """The one document's top node; None when there is none."""
        self.get_event()  # type: ignore[no-untyped-call] # the stream's start
        if self.check_event(yaml.StreamEndEvent):
            return None
        node: Node | None = self.compose_document()
        if not self.check_event(yaml.StreamEndEvent):
            raise _refused(
                "a second document begins here (---). A plan is one document.", self._at().start_mark.line + 1
            )
        return node

    def _at(self) -> Any:
        return self.peek_event()  # type: ignore[no-untyped-call]

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        """As the base class does, except that aliases, anchors, tags and deep nesting end here."""
        event = self._at()
        if isinstance(event, yaml.AliasEvent):
            raise self._refused_here(f"*{event.anchor!s:.40} is a YAML alias; a plan has none. {_OR_QUOTE}")
        if event.anchor:
            raise self._refused_here(f"&{event.anchor!s:.40} is a YAML anchor; a plan has none. {_OR_QUOTE}")
        if event.tag:
            raise self._refused_here(f"{event.tag!s:.80} is a YAML tag; a plan has none. {_OR_QUOTE}")
        if self._depth >= DEPTH_LIMIT:
            raise self._refused_here("lists and fields are nested too deeply here for a plan.")
        if self._nodes >= NODE_LIMIT:
            raise self._refused_here(f"the file has more than {NODE_LIMIT:,} names and values. Is this the right file?")
        self._nodes += 1
        self._depth += 1
        node: Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def _refused_here(self, message: str) -> PlanError:
        line = self._at().start_mark.line
        return _refused(message, line + 1, _field_at(_lines_of(self._text), line))


_OR_QUOTE = "Write the text out, or put it in quotes if it begins with that sign."

_UNCLOSED_QUOTE = "a quote is opened here and never closed."
_UNCLOSED_BRACKET = "a bracket is opened here and not closed, or a comma in it is missing."
_SWALLOWED = "from # on, a line is a comment, and here it hides the closing bracket. Put what begins with # in quotes."
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_FIELD_LINE = re.compile(r"([ \t]*(?:- +)?)([A-Za-z_][\w-]{0,59})[ \t]*:(?:\s|$)")

# What PyYAML says, and what that means to whoever wrote the file. The first that fits is said.
_IN_WORDS = (
    (r"found character '\\t'", "a tab stands here; YAML wants spaces. Indent with two spaces."),
    (r"found character '(?:\\)?(.)'", "a value cannot begin with {0}; put it in quotes."),
    (r"found unexpected end of stream|unexpected end of stream", _UNCLOSED_QUOTE),
    (r"found unexpected document separator", _UNCLOSED_QUOTE),
    (
        r"mapping values are not allowed",
        "a colon stands inside a text, or the line is indented too far. Put the text in quotes.",
    ),
    (r"could not find expected ':'", "a field's name needs a colon after it, or this line is not indented enough."),
    (
        r"expected ',' or '[\]}}]'",
        "a bracket is not closed, or a comma is missing. Texts with commas or brackets need quotes.",
    ),
    (
        r"expected <block end>",
        "this line's indentation does not fit the lines above, or text goes on after a closing quote.",
    ),
    (
        r"expected the node content|did not find expected node",
        "a value is missing here; a comma or bracket stands in its place.",
    ),
    (
        r"sequence entries are not allowed",
        "a hyphen begins a list where none can begin. Put the list on its own lines, indented.",
    ),
    (
        r"expected '<document start>'",
        "this line does not belong to the fields above: its indentation differs, or its colon is missing.",
    ),
    (r"unknown escape character", "a backslash between double quotes means something else. Use single quotes."),
    (r"chomping or indentation indicators|comment or a line break", "after > or | the text begins on the next line."),
)


def _not_yaml(error: yaml.MarkedYAMLError, text: str) -> PlanError:
    problem = error.problem or error.context or ""
    mark, context = error.problem_mark or error.context_mark, error.context_mark
    sentence = next(
        (words.format(*found.groups()) for pattern, words in _IN_WORDS if (found := re.search(pattern, problem))),
        "the indentation, a quote or a bracket is not right here.",
    )
    if context and sentence == _UNCLOSED_QUOTE:
        mark = context  # where it was opened is where to look; the end is wherever the file made no sense any more
    if mark is None:
        return _refused(f"this cannot be read as YAML: {sentence}")
    lines = _lines_of(text)
    for line in range(mark.line, max(mark.line - 2, -1), -1):
        if _opens_before_comment(lines[line]):
            message = f"this cannot be read as YAML: {_SWALLOWED}"
            return PlanError([PlanProblem(line + 1, _field_at(lines, line), message)])
    if context and "flow" in (error.context or "") and context.line < mark.line:
        sentence, mark = _UNCLOSED_BRACKET, context
    message = f"this cannot be read as YAML (column {mark.column + 1}): {sentence}"
    return PlanError([PlanProblem(mark.line + 1, _field_at(lines, mark.line), message)])


def _lines_of(text: str) -> list[str]:
    """The lines as YAML counts them."""
    return _LINE_BREAK.split(text)


def _field_at(lines: Sequence[str], line: int) -> str:
    """The field that a line belongs to, judged by indentation alone, for a file that cannot be read otherwise."""
    names: list[str] = []
    indent: int | None = None
    for written in reversed(lines[: line + 1]):
        found = _FIELD_LINE.match(written)
        if found and (indent is None or len(found[1]) < indent):
            names.insert(0, found[2])
            indent = len(found[1])
        if indent == 0:
            break
    return ".".join(names)


def _opens_before_comment(line: str) -> bool:
    """Whether a comment cuts off a bracket that the line opens, as in `{channel: #general, role: salaried}`."""
    before, sign, _ = re.sub(r"'[^']*'|\"[^\"]*\"", "", line).partition(" #")
    return bool(sign) and sum(map(before.count, "[{")) > sum(map(before.count, "]}"))
