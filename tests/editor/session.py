"""Questions to a rust-analyzer about the fixture, and whether the answers are right."""

import re
from pathlib import Path

FIXTURE = Path(__file__).resolve().parent / "fixture"
GRAPH, MODELS, LETTERS = "src/lib.rs", "src/models.rs", "src/letters.rs"


class Session:
    """Asks one rust-analyzer, prints its answers, and counts the wrong ones. A `$0` is the cursor; text
    that is typed for a question is removed before the next one."""

    def __init__(self, analyzer):
        self.analyzer = analyzer
        self.wrong = 0
        self.texts = {path: (FIXTURE / path).read_text() for path in (GRAPH, MODELS, LETTERS)}
        self.reset()

    def reset(self):
        for path, text in self.texts.items():
            self.analyzer.write(path, text)

    def report(self, question, answer, is_right):
        self.wrong += not is_right
        print(f"{'ok   ' if is_right else 'WRONG'} {question:<58} {answer}", flush=True)

    def completes(self, question, old, new, *wanted, path=GRAPH):
        """Replaces `old` by the half-typed `new`, and completes at its `$0`."""
        position = self.type(path, old, new)
        answer = self.analyzer.ask_at("completion", path, position) or {}
        labels = [item["label"] for item in answer.get("items", [])]
        names = [re.match(r"[\w!]*", label).group() for label in labels]
        shown = sorted(set(labels), key=lambda label: (not label.startswith(wanted), label))
        is_right = set(wanted) <= set(names) and not any(name.startswith("__") for name in names)
        self.report(f"complete {question}", f"{', '.join(shown[:4])}; {len(labels)} in all", is_right)
        self.reset()

    def hovers(self, question, place, wanted, path=GRAPH, typed=None):
        position = self.type(path, typed or place.replace("$0", ""), place)
        answer = self.analyzer.ask_at("hover", path, position) or {}
        value = answer.get("contents", {}).get("value", str(answer.get("error", "nothing")))
        shown = " / ".join(line for line in value.splitlines() if line.strip(" -"))
        self.report(f"hover on {question}", shown[:150], wanted in value)
        self.reset()

    def defines(self, question, place, wanted, path=GRAPH, typed=None):
        position = self.type(path, typed or place.replace("$0", ""), place)
        answer = self.analyzer.ask_at("definition", path, position)
        targets = [describe(self.analyzer.folder, target) for target in as_list(answer)]
        self.report(f"go to {question}", "; ".join(targets) or "nothing", bool(targets) and all(wanted in it for it in targets))
        self.reset()

    def refers(self, question, place, wanted, path=GRAPH):
        position = self.type(path, place.replace("$0", ""), place)
        context = {"includeDeclaration": True}
        answer = as_list(self.analyzer.ask_at("references", path, position, context=context))
        found = sorted({(Path(it["uri"]).name, it["range"]["start"]["line"] + 1) for it in answer})
        shown = ", ".join(f"{file}:{line}" for file, line in found)
        self.report(f"references of {question}", shown or "none", len(answer) == wanted)

    def renames(self, question, place, old, new, *parts, path=GRAPH):
        """A rename must change these parts of the files, and nothing else."""
        position = self.type(path, place.replace("$0", ""), place)
        answer = self.analyzer.ask_at("rename", path, position, newName=new) or {}
        changes = answer.get("documentChanges", [])
        texts = dict(self.texts)
        for change in changes:
            file = change["textDocument"]["uri"].removeprefix(self.analyzer.folder.as_uri() + "/")
            texts[file] = apply(texts[file], change["edits"])
        renamed = lambda part: re.sub(rf"\b{old}\b", new, part.group())
        wanted = {file: re.sub("|".join(parts), renamed, text, flags=re.S) for file, text in self.texts.items()}
        count = sum(len(change["edits"]) for change in changes)
        shown = answer.get("error") or f"{count} places"
        self.report(f"rename {question}", shown, texts == wanted)

    def hints(self, question, *wanted, path=GRAPH):
        """The types that are shown behind the names without a type."""
        lines = self.texts[path].splitlines()
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": len(lines), "character": 0}}
        document = {"uri": (self.analyzer.folder / path).as_uri()}
        answer = self.analyzer.ask("textDocument/inlayHint", {"textDocument": document, "range": whole})
        shown = []
        for hint in as_list(answer):
            before = lines[hint["position"]["line"]][: hint["position"]["character"]]
            label = hint["label"]
            label = label if isinstance(label, str) else "".join(part["value"] for part in label)
            shown.append(re.search(r"\w*$", before).group() + label)
        self.report(f"types of {question}", ", ".join(hint for hint in shown if hint in wanted), set(wanted) <= set(shown))

    def signs(self, question, old, new, wanted, path=GRAPH):
        position = self.type(path, old, new)
        answer = self.analyzer.ask_at("signatureHelp", path, position) or {}
        shown = "; ".join(it["label"] for it in answer.get("signatures", []))
        self.report(f"parameters of {question}", shown or "none", wanted in shown)
        self.reset()

    def diagnoses(self, question, *wanted, path=GRAPH, old=None, new=None):
        """The errors that are shown without a build: these messages and no others."""
        if old:
            self.type(path, old, new + "$0")
        document = {"uri": (self.analyzer.folder / path).as_uri()}
        answer = self.analyzer.ask("textDocument/diagnostic", {"textDocument": document}) or {}
        messages = [item["message"].splitlines()[0] for item in answer.get("items", [])]
        is_right = answer.get("kind") == "full" and sorted(messages) == sorted(wanted)
        self.report(f"diagnostics of {question}", "; ".join(messages) or "none", is_right)
        self.reset()

    def type(self, path, old, new):
        """Replaces `old` by `new`, and returns the cursor's position."""
        text = self.texts[path]
        assert text.count(old) == 1, f"{old!r} has to occur once"
        text = text.replace(old, new)
        self.analyzer.write(path, text.replace("$0", ""))
        return position_of(text, text.index("$0"))


def position_of(text, offset):
    before = text[:offset]
    return {"line": before.count("\n"), "character": offset - (before.rfind("\n") + 1)}


def apply(text, edits):
    lines = text.splitlines(keepends=True)
    starts = [sum(map(len, lines[:line])) for line in range(len(lines) + 1)]
    offset = lambda position: starts[position["line"]] + position["character"]
    for edit in sorted(edits, key=lambda edit: offset(edit["range"]["start"]), reverse=True):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    return text


def as_list(answer):
    return answer if isinstance(answer, list) else []


def describe(folder, target):
    """A place as its file, line and text."""
    uri, range = target.get("targetUri", target.get("uri")), target.get("targetSelectionRange", target.get("range"))
    path, line = Path(uri.removeprefix("file://")), range["start"]["line"]
    text = path.read_text().splitlines()[line].strip()
    name = path.relative_to(folder) if path.is_relative_to(folder) else path.name
    return f"{name}:{line + 1} `{text}`"
