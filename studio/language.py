"""Other languages: load one, and write down every sentence that one has to say.

    python -m studio.language facestudio_de.ts     all sentences, to be translated
    pyside6-lrelease facestudio_de.ts              makes facestudio_de.qm of them

The file goes into ``translations`` of the user's data folder and is used where the system
speaks that language.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from core.paths import data

ROOMS = ("studio", "widgets")
OF_WINDOW = ("window", "_window")  # names under which others ask the window to translate


def folder() -> Path:
    """Return where translations lie."""
    return data() / "translations"


def install(app: QCoreApplication, locale: QLocale | None = None) -> list[QTranslator]:
    """Let the program speak the language of `locale` as far as it is there."""
    known = locale or QLocale()
    own, qt = QTranslator(app), QTranslator(app)
    theirs = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if not own.load(known, "facestudio", "_", str(folder())):
        return []
    spoken = [own, qt] if qt.load(known, "qtbase", "_", theirs) else [own]
    for translator in spoken:
        app.installTranslator(translator)
    return spoken


def sentences() -> dict[str, list[str]]:
    """Return everything the studio says, by the context Qt looks it up in."""
    from studio.actions import MENUS, TABLE
    from studio.docks import DOCKS

    found: dict[str, set[str]] = {"Actions": {entry.title for entry in TABLE}}
    found["Window"] = {*MENUS.values(), *(dock.title for dock in DOCKS)}
    root = Path(__file__).resolve().parent.parent
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            for context, text in _said(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault(context, set()).add(text)
    return {context: sorted(found[context]) for context in sorted(found)}


def write(path: Path) -> int:
    """Write the sentences to `path` in the format of Qt Linguist; return how many."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE TS>", '<TS version="2.1">']
    known = sentences()
    for context, texts in known.items():
        lines.append(f"<context><name>{escape(context)}</name>")
        lines += [
            f"<message><source>{escape(text)}</source>"
            '<translation type="unfinished"></translation></message>'
            for text in texts
        ]
        lines.append("</context>")
    lines.append("</TS>")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sum(len(texts) for texts in known.values())


def main(words: Sequence[str]) -> int:
    """Write the file named; return the exit code."""
    if len(words) != 1 or words[0].startswith("-"):
        sys.stderr.write("Usage: python -m studio.language FILE.ts\n")
        return 2
    sys.stdout.write(f"{write(Path(words[0]))} sentences: {words[0]}\n")
    return 0


def _said(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (context, sentence) of a module."""
    own = _translating(tree)
    for holder in ast.walk(tree):
        inside = holder.name if isinstance(holder, ast.ClassDef) else ""
        if not inside and not isinstance(holder, ast.Module):
            continue
        for call in _calls(holder):
            yield from _of_call(call, inside, own)


def _calls(holder: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls in a class or module, but not those in classes inside it."""
    waiting = list(ast.iter_child_nodes(holder))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, ast.ClassDef):
            waiting += ast.iter_child_nodes(node)


def _of_call(call: ast.Call, inside: str, own: dict[str, str]) -> Iterator[tuple[str, str]]:
    literal = [a.value for a in call.args if isinstance(a, ast.Constant)]
    texts = [text for text in literal if isinstance(text, str)]
    made = call.func
    if not texts:
        return
    if isinstance(made, ast.Attribute) and made.attr == "translate" and len(texts) > 1:
        yield texts[0], texts[1]
    elif isinstance(made, ast.Attribute) and made.attr == "tr":
        asked = made.value
        name = asked.attr if isinstance(asked, ast.Attribute) else getattr(asked, "id", "")
        yield ("Window" if name in OF_WINDOW else inside or "Window"), texts[0]
    elif isinstance(made, ast.Name) and made.id == "tr":  # the `tr` of a canvas, handed over
        yield "Canvas", texts[0]
    elif isinstance(made, ast.Name) and made.id in own:
        yield own[made.id], texts[0]


def _translating(tree: ast.Module) -> dict[str, str]:
    """Return function -> context of those that translate what they are given first."""
    found: dict[str, str] = {}
    for function in [node for node in tree.body if isinstance(node, ast.FunctionDef)]:
        names = [argument.arg for argument in function.args.args]
        for call in [node for node in ast.walk(function) if isinstance(node, ast.Call)]:
            made, given = call.func, call.args
            if isinstance(made, ast.Attribute) and made.attr == "translate" and len(given) > 1:
                context, text = given[0], given[1]
                if isinstance(context, ast.Constant) and getattr(text, "id", "") in names[:1]:
                    found[function.name] = str(context.value)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
