"""Writes one man page per command from the tool's own description of its commands.

Usage: arbor-ledger --experimental-dump-help | manual.py FOLDER VERSION DATE
"""

import json
import pathlib
import re
import sys


def escaped(text):
    """Text for roff: no backslash, hyphen or leading control character has a meaning."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in text.splitlines())


def bold(text):
    return f"\\fB{escaped(text)}\\fP"


def italic(text):
    return f"\\fI{escaped(text)}\\fP"


def spelling(name):
    return name["name"] if name["kind"] == "positional" else ("--" if name["kind"] == "long" else "-") + name["name"]


def shown(arguments):
    return [argument for argument in arguments if argument["shouldDisplay"]]


def term(argument):
    """The names of an argument, as in `-h, --help` or `--format format`."""
    if argument["kind"] == "positional":
        return italic(argument["valueName"])
    names = sorted((spelling(name) for name in argument["names"]), key=lambda name: (len(name.lstrip("-")) > 1, name))
    text = ", ".join(bold(name) for name in names)
    return text if argument["kind"] == "flag" else f"{text} {italic(argument['valueName'])}"


def synopsis(path, command):
    parts = [bold(" ".join(path))]
    for argument in shown(command.get("arguments", [])):
        if argument["kind"] == "positional":
            text = italic(argument["valueName"])
        else:
            text = bold(spelling(argument["preferredName"]))
            if argument["kind"] == "option":
                text += " " + italic(argument["valueName"])
        if argument["isRepeating"]:
            text += " ..."
        parts.append(f"[{text}]" if argument["isOptional"] else text)
    if command.get("subcommands"):
        parts.append(italic("subcommand"))
    return " ".join(parts)


def discussion(text):
    """Paragraphs are filled; examples and other indented lines keep their lines."""
    lines = []
    for paragraph in text.split("\n\n"):
        keeps_lines = paragraph.startswith("Example") or re.search(r"^ ", paragraph, re.MULTILINE)
        lines.append(".PP")
        lines += [".nf", escaped(paragraph), ".fi"] if keeps_lines else [escaped(paragraph)]
    return lines


def page(path, command, version, date):
    name = "-".join(path)
    lines = [
        f'.TH {name.upper()} 1 "{date}" "arbor\\-ledger {version}" "arbor\\-ledger manual"',
        ".nh",
        ".ad l",
        ".SH NAME",
        f"{escaped(name)} \\- {escaped(command.get('abstract', '').rstrip('.'))}",
        ".SH SYNOPSIS",
        synopsis(path, command),
    ]
    if command.get("discussion"):
        lines += [".SH DESCRIPTION"] + discussion(command["discussion"])[1:]
    arguments = shown(command.get("arguments", []))
    for title, kept in (
        ("ARGUMENTS", [a for a in arguments if a["kind"] == "positional"]),
        ("OPTIONS", [a for a in arguments if a["kind"] != "positional"]),
    ):
        if not kept:
            continue
        lines.append(f".SH {title}")
        for argument in kept:
            lines += [".TP", term(argument), escaped(argument.get("abstract", ""))]
            if argument.get("defaultValue"):
                lines.append(f"The default is {escaped(argument['defaultValue'])}.")
    children = [child for child in command.get("subcommands", []) if child["shouldDisplay"]]
    if children:
        lines.append(".SH SUBCOMMANDS")
        for child in children:
            lines += [".TP", bold("-".join(path + [child["commandName"]])) + "(1)", escaped(child.get("abstract", ""))]
    if len(path) > 1:
        lines += [".SH SEE ALSO", bold("-".join(path[:-1])) + "(1)"]
    else:
        lines += [
            ".SH EXIT STATUS",
            "0: success; 1: an error in a record, or a refusal; 2: the tool failed; 64: wrong usage.",
        ]
    return "\n".join(lines) + "\n"


def pages(path, command, version, date):
    yield "-".join(path) + ".1", page(path, command, version, date)
    for child in command.get("subcommands", []):
        if child["shouldDisplay"]:
            yield from pages(path + [child["commandName"]], child, version, date)


def main():
    folder, version, date = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    command = json.load(sys.stdin)["command"]
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages([command["commandName"]], command, version, date):
        (folder / name).write_text(text)


main()
