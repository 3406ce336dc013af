"""Compares what pages say of every claim with the reports in JSON of the same commit."""

import json
import re
import subprocess
from urllib.parse import unquote

from folder import plain


def report(tool, repository, environment, *arguments):
    done = subprocess.run(
        [tool, *arguments, "--format", "json"], cwd=repository, env=environment, capture_output=True, text=True)
    if not done.stdout:
        raise RuntimeError(f"{arguments}: {done.stderr}")
    return json.loads(done.stdout)


def git(repository, environment, *arguments, text=""):
    return subprocess.run(
        ["git", *arguments], cwd=repository, env=environment, input=text, capture_output=True, text=True,
        check=True).stdout.strip()


def check_numbers(tool, repository, environment, pages):
    """Every claim and every answer stand on their pages as `diff` from an empty commit lists them: one report that
    names all of them."""
    tree = git(repository, environment, "mktree")
    empty = git(repository, environment, "commit-tree", tree, "-m", "Nothing")
    new = report(tool, repository, environment, "diff", empty, "HEAD")
    places = claim_places(pages)
    quantities = joined(pages, "k")
    questions = joined(pages, "q")
    for claim in new["claims"]:
        name, says = claim["claim"], claim["after"]
        place, value = places.get(name), plain(says["says"])
        if place is None:
            yield f"{name}: no place on a finding's page"
            continue
        where, text = place
        if value not in text:
            yield f"{where}: does not say \"{value}\""
        if set(re.findall(r"\d+", says["evidence"])) - set(re.findall(r"\d+", text)):
            yield f"{where}: does not give the numbers of \"{says['evidence']}\""
        if value not in quantities.get(says["quantity"], ""):
            yield f"k/{says['quantity']}.html: does not say \"{value}\", as {name} does"
        for answer in says["questions"]:
            if name.split("#")[0] not in links(pages, question_path(answer["question"])):
                yield f"{question_path(answer['question'])}: has no link to {name}"
    for question in new["questions"]:
        text = questions.get(question["id"], "").lower()
        for key in ("status", "general"):
            if question["after"][key] not in text:
                yield f"{question_path(question['id'])}: does not say {question['after'][key]}"
        cells = re.search(r"(\d+) of (\d+) cells", question["after"]["phrase"])
        # If nothing is tested, the page says so in words.
        if cells and cells[1] != "0" and not {cells[1], cells[2]} <= set(re.findall(r"\d+", text)):
            yield f"{question_path(question['id'])}: does not say {cells[0]}"


def check_conflicts(tool, repository, environment, pages):
    """Every disagreement has a place, with links to the findings of its sides and with the shuffles' p."""
    found = report(tool, repository, environment, "conflicts")
    places = {}
    for path, page in pages.items():
        if re.fullmatch(r"conflicts(-\d+)?\.html", path):
            places.update({name: (path, page.words(name)) for name in page.ids})
    for subject in found["quantities"]:
        name = subject["quantity"]
        if name not in places:
            yield f"conflicts.html: no element {name}"
            continue
        path, text = places[name]
        for side in subject["sides"][:2]:
            if side and not any(claim.split("#")[0] in links(pages, path) for claim in side):
                yield f"{path}#{name}: has no link to a claim of {side[:3]}"


def question_path(identifier):
    return "q/_.html" if identifier == "." else f"q/{identifier}.html"


def links(pages, path):
    """The slugs of the findings to which a page, with its later parts, leads."""
    stem = path[: -len(".html")]
    found = set()
    for other, page in pages.items():
        if other == path or re.fullmatch(re.escape(stem) + r"([-/]\d+)\.html", other):
            found.update(slug(match[1]) for _, address in page.links
                         if (match := re.search(r"(?:^|/)f/([^/#]+?)(?:/\d+)?\.html(?:#|$)", unquote(address))))
    return found


def slug(name):
    """The name of a record. Names of folders have other signs instead of points."""
    return name.replace("+", ".")


def claim_places(pages):
    """The page, the element and the text of each claim."""
    places = {}
    for path, page in pages.items():
        match = re.fullmatch(r"f/([^/]+?)(?:/\d+)?(?:\.html)", path)
        for identifier in page.ids if match else []:
            if identifier.isdigit():
                places[f"{slug(match[1])}#{identifier}"] = (f"{path}#{identifier}", page.words(identifier))
    return places


def joined(pages, folder):
    """The texts of the records of a folder, with the parts of long pages together."""
    texts = {}
    for path, page in pages.items():
        if path.startswith(folder + "/"):
            name = slug(re.sub(r"(/\d+)?\.html$", "", path[len(folder) + 1 :]))
            if folder == "q":
                name = path[2 : -len(".html")] if path != "q/_.html" else "."
            texts[name] = texts.get(name, "") + " " + page.words()
    return texts
