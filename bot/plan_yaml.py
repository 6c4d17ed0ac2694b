"""YAML as a tree that knows its lines, and nothing that a plan has no use for: no aliases, no tags, no doubled keys."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

SIZE_LIMIT = 256 * 1024
"""Bytes. A long plan has about 5,000."""
DEPTH_LIMIT = 12
_STRING = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """One fault: the line (1 is the first; None when it is about the whole file), the field, and what to write instead."""

    line: int | None
    field: str
    message: str


class PlanError(Exception):
    """The file cannot be used. Holds every problem, in the order of lines."""

    def __init__(self, problems: Sequence[PlanProblem]) -> None:
        """At least one problem."""
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line or 0))


def _refuse(message: str, line: int | None = None) -> PlanError:
    return PlanError([PlanProblem(line, "", message)])


def read_tree(source: str | bytes) -> MappingNode:
    """The file's top-level mapping. Raises PlanError with one problem: what cannot be read at all has no second one."""
    text = _decoded(source)
    try:
        _check_events(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        column = f" (column {mark.column + 1})" if mark else ""
        message = f"this is not YAML: {error.problem or error.context or 'unreadable'}{column}. Check the indentation and the quotes."
        raise _refuse(message, line) from error
    except yaml.YAMLError as error:
        raise _refuse("this is not YAML: it holds a character that YAML does not allow.") from error
    except RecursionError as error:
        raise _refuse("this is nested too deeply for a plan.") from error
    if node is None:
        raise _refuse("the file is empty. Start from examples/hourglass.yaml.")
    if not isinstance(node, MappingNode):
        raise _refuse("a plan is a list of fields, such as `rollout: hourglass`; this file is something else.", 1)
    return node


def _decoded(source: str | bytes) -> str:
    size = len(source)
    if size > SIZE_LIMIT:
        raise _refuse(f"the file has {size:,} bytes; a plan has at most {SIZE_LIMIT:,}. Is it the right file?")
    if isinstance(source, str):
        text = source.removeprefix("\ufeff")
    else:
        try:
            text = source.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = source[: error.start].count(b"\n") + 1
            raise _refuse("the file is not UTF-8 text. Save it as UTF-8.", line) from error
    for number, content in enumerate(text.split("\n"), start=1):
        if any(ord(c) < 32 and c not in "\t\r" or 0xD800 <= ord(c) <= 0xDFFF or c == "\x7f" for c in content):  # noqa: PLR2004 - C0
            raise _refuse("this line holds a control character. Type it again.", number)
    return text


def _check_events(text: str) -> None:
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1
        match event:
            case yaml.AliasEvent():
                raise _refuse("a plan has no aliases (*name). Write the text out.", line)
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise _refuse("the file holds several documents (---). A plan is one.", line)
            case yaml.CollectionStartEvent() | yaml.ScalarEvent():
                if event.anchor:
                    raise _refuse("a plan has no anchors (&name). Write the text out.", line)
                if event.tag:
                    raise _refuse(f"a plan has no tags ({event.tag}).", line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_LIMIT:
                raise _refuse("this is nested too deeply for a plan.", line)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


@dataclass(slots=True)
class Reader:
    """Walks the tree, remembers the line of every field, and collects problems instead of stopping at the first."""

    problems: list[PlanProblem] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def problem(self, node: Node | None, name: str, message: str) -> None:
        """Note a problem at a node."""
        line = node.start_mark.line + 1 if node is not None else self.line_near(name)
        self.problems.append(PlanProblem(line, name, message))

    def line_near(self, name: str) -> int | None:
        """The line of a field, or of the nearest part of the file that it would stand in."""
        while name:
            if name in self.lines:
                return self.lines[name]
            name = name[: max(name.rfind("."), name.rfind("["), 0)]
        return None

    def fields(self, node: Node, path: str, known: Sequence[str]) -> dict[str, Node]:
        """A mapping's fields by name; what is unknown or doubled is a problem."""
        if not isinstance(node, MappingNode):
            self.problem(node, path, f"must hold fields ({', '.join(known)}), not {kind_of(node)}.")
            return {}
        found: dict[str, Node] = {}
        for name, key, value in self.pairs(node, path):
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
                hint = f'did you mean "{near[0]}"?' if near else f"known here: {', '.join(known)}."
                self.problem(key, _join(path, name), f'unknown field "{name}"; {hint}')
            else:
                found[name] = value
        return found

    def pairs(self, node: MappingNode, path: str) -> Iterator[tuple[str, Node, Node]]:
        """A mapping's names, keys and values; a doubled name is a problem and is passed over."""
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                self.problem(key, path, "a field's name must be a word.")
                continue
            name = str(key.value)
            full = _join(path, name)
            if name in seen:
                self.problem(key, full, f'"{name}" stands here a second time; the first is in line {seen[name]}. Keep one.')
                continue
            seen[name] = line
            self.lines[full] = line
            yield name, key, value

    def items(self, node: Node | None, path: str, *, limit: int = 50) -> list[tuple[str, Node]]:
        """A list's items, each with its path. Nothing there is an empty list."""
        if node is None or is_null(node):
            return []
        if not isinstance(node, SequenceNode):
            self.problem(node, path, f"must be a list, one item per line with a hyphen, not {kind_of(node)}.")
            return []
        if len(node.value) > limit:
            self.problem(node, path, f"has {len(node.value)} items; at most {limit}.")
            return []
        found = []
        for index, item in enumerate(node.value):
            name = f"{path}[{index}]"
            self.lines[name] = item.start_mark.line + 1
            found.append((name, item))
        return found

    def text(self, node: Node | None, path: str, *, limit: int = 500) -> str:
        """A text; empty when it is not there."""
        if node is None or is_null(node):
            return ""
        if not isinstance(node, ScalarNode):
            self.problem(node, path, f"must be a text, not {kind_of(node)}.")
            return ""
        value = str(node.value).strip()
        if node.tag != _STRING:
            self.problem(node, path, f'must be a text; "{value}" without quotes is {_scalar(node)}. Put it in quotes.')
            return ""
        if len(value) > limit:
            self.problem(node, path, f"has {len(value):,} characters; at most {limit:,}, so that Slack shows it whole.")
            return ""
        return value

    def whole(self, node: Node | None, path: str, low: int, high: int) -> int | None:
        """A whole number between two bounds; None when it is not there or wrong."""
        if node is None or is_null(node):
            return None
        value = str(node.value) if isinstance(node, ScalarNode) else ""
        plain = isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:int"
        if not plain or not value.lstrip("+-").isdigit():
            self.problem(node, path, f"must be a whole number from {low} to {high}.")
            return None
        number = int(value) if len(value) < 12 else high + 1  # noqa: PLR2004 - longer ones are too large anyway
        if not low <= number <= high:
            self.problem(node, path, f"is {value}; it must be from {low} to {high}.")
            return None
        return number


def is_null(node: Node) -> bool:
    """Whether a value was left out: nothing, `~` or `null`."""
    return isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def kind_of(node: Node) -> str:
    """What a node is, in words."""
    if isinstance(node, MappingNode):
        return "fields and values"
    if isinstance(node, SequenceNode):
        return "a list"
    return "nothing" if is_null(node) else _scalar(node)


def _scalar(node: Node) -> str:
    kinds = {"int": "a number", "float": "a number", "bool": "yes or no to YAML", "timestamp": "a date to YAML"}
    return kinds.get(node.tag.rpartition(":")[2], "a single value")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
