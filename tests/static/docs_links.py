#!/usr/bin/env python3
"""Checks what the pages name, without running anything. docs_links.py ROOT

Of README.md, CONTRIBUTING.md and docs/*.md: every relative link leads to a file that is there, and to a heading of it;
every command in a fenced block, or in a code span, is one of the program's, with options that it has, as far as its
sources say. Of comments in code: every page that they cite is there, with the row or the heading that they name, and
nothing else is cited."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1]).resolve()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SHARED = ["station/*.cpp"]
PROGRAMS = {
    "hub": ["hub/admin/*.[ch]pp"],
    "i_station": SHARED + ["i_station/*.cpp"],
    "m_station": SHARED + ["m_station/*.cpp"],
    "imloop-bridge": SHARED + ["bridge/*.cpp"],
}
CODE = {".hpp", ".cpp", ".py", ".ts", ".vue", ".mjs", ".cmake", ".sh"}
NOT_OURS = {".git", "build", "node_modules", "__pycache__"}
# Papers that are not here, as comments once cited them.
FOREIGN = re.compile(r"\((?:wire )?contract[,:)]|the contract's table|programmes,? (?:section |[A-H])\d")
bad = []


def say(file, line, what):
    bad.append(f"{file.relative_to(ROOT)}:{line}: {what}")


# Pages.

def fences_and_text(text):
    """Of a page: lines of fenced blocks as (number, line, language), and the text with blank lines in their place."""
    inside, language, blocks, rest = False, "", [], []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            inside, language = not inside, line[3:].strip()
            rest.append("")
        elif inside:
            blocks.append((number, line, language))
            rest.append("")
        else:
            rest.append(line)
    return blocks, "\n".join(rest)


def slug(heading):
    """As GitHub names it."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


HEADINGS = {}


def headings(page):
    if page not in HEADINGS:
        _, text = fences_and_text(page.read_text())
        HEADINGS[page] = [m.group(1).strip() for m in re.finditer(r"^#+ (.+)$", text, re.M)]
    return HEADINGS[page]


def check_links(page, text):
    plain = re.sub(r"`[^`\n]*`", lambda m: " " * len(m.group()), text)
    for m in re.finditer(r"\]\(([^)\s]+)\)", plain):
        target, line = m.group(1), text.count("\n", 0, m.start()) + 1
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        to = (page.parent / path).resolve() if path else page
        if not to.exists() or not to.is_relative_to(ROOT):
            say(page, line, f"{target} leads nowhere")
        elif anchor and (to.suffix != ".md" or anchor not in map(slug, headings(to))):
            say(page, line, f"{target}: no such heading")


# Commands.

class Program:
    """Its commands as (name, name, …) and its options, as its sources name them."""

    def __init__(self, globs):
        self.commands, self.options = set(), {"--help"}
        for pattern in globs:
            for file in sorted(ROOT.glob(pattern)):
                self.read(file.read_text())

    def read(self, text):
        self.options |= set(re.findall(r'"(?:-\w,)?(--[a-z][a-z-]*)"', text))
        known = {"app": ()}
        made = re.compile(r'(?:(\w+)\s*=\s*)?(\w+)\s*(?:\.|->)\s*add_subcommand\(\s*(?:"([^"]+)"|(\w+))')
        for m in made.finditer(text):
            variable, parent, name, of_variable = m.groups()
            if parent not in known:
                continue
            names = [name] if name else self.names_of(of_variable, text, m.start())
            self.commands |= {(*known[parent], one) for one in names}
            if variable and name:
                known[variable] = (*known[parent], name)

    @staticmethod
    def names_of(variable, text, at):
        """What stands in the variable: in the list of the loop before, or in the calls of the function around."""
        loop = text.rfind("for (const auto& [", 0, at)
        if loop >= 0 and re.match(rf"for \(const auto& \[{variable}\b", text[loop:]):
            return re.findall(r'std::(?:pair|tuple)\(\s*"([a-z-]+)"', text[loop:at])
        return re.findall(r'\badd\(\s*"([a-z-]+)"', text[at:])

    def below(self, command):
        return {c[len(command)] for c in self.commands if len(c) > len(command) and c[:len(command)] == command}

    def problem(self, words):
        """Of the words behind the program's name."""
        wrong = [w for w in re.findall(r"--[a-z][a-z-]*", " ".join(words)) if w not in self.options]
        if wrong:
            return f"no option {wrong[0]}"
        command, rest = (), list(words)
        while rest:
            word = rest.pop(0)
            if word.startswith("-") and not command:
                rest[:1] = []  # options of the program itself, with their value
            elif not re.fullmatch(r"[a-z][a-z-]*", word) or not self.below(command):
                break
            elif word not in self.below(command):
                return f"no command {' '.join((*command, word))}"
            else:
                command = (*command, word)
        return None


def check_command(page, number, line, programs):
    words = re.sub(r"\s+#.*", "", line).split()
    if words[:2] == ["sudo", "-u"]:
        words = words[3:]
    name = pathlib.PurePath(words[0]).name if words else ""
    if name in programs and (wrong := programs[name].problem(words[1:])):
        say(page, number, f"{name}: {wrong}: {line.strip()}")


def check_commands(page, blocks, text, programs):
    for number, line, language in blocks:
        if line[:1].strip() and language in ("", "sh", "bash"):
            check_command(page, number, line, programs)
    for m in re.finditer(r"`([^`\n]+)`", text):
        check_command(page, text.count("\n", 0, m.start()) + 1, m.group(1).replace("\\|", " "), programs)


# Comments in code.

def rows(page):
    """What its tables begin their rows with: `5`, `F1`, of `C6, C7` both."""
    out = set()
    for m in re.finditer(r"^\| ((?:[A-Z]?\d+)(?:, [A-Z]?\d+)*) \|", page.read_text(), re.M):
        out |= set(m.group(1).split(", "))
    return out


def named_rows(text):
    """`rows 3, 5 and 8`, `rows 1 to 8`, `H3 to H5`."""
    out = re.findall(r"[A-Z]?\d+", text)
    for m in re.finditer(r"([A-Z]?)(\d+) to [A-Z]?(\d+)", text):
        out += [f"{m.group(1)}{n}" for n in range(int(m.group(2)), int(m.group(3)) + 1)]
    return set(out)


CITED = re.compile(r'docs/([\w-]+\.md)(?:, (?:"([^"]+)"|((?:rows? )?[A-Z]?\d+(?:(?:, | and | to )[A-Z]?\d+)*)))?')


def check_comments(file):
    # A comment that goes on in the next line is one text; a mark stands where it went on, so that lines can be counted.
    marked = re.sub(r"[ \t]*\n[ \t]*(?://+<?|#|\*)[ \t]*", "\1", file.read_text(errors="replace"))
    flat = marked.replace("\1", " ")
    line_at = lambda at: len(re.findall("[\n\1]", marked[:at])) + 1
    for m in FOREIGN.finditer(flat):
        say(file, line_at(m.start()), f"cites what is not here: {m.group()}")
    for m in CITED.finditer(flat):
        page, heading, numbers = ROOT / "docs" / m.group(1), m.group(2), m.group(3)
        if not page.exists():
            say(file, line_at(m.start()), f"there is no docs/{page.name}")
        elif heading and heading not in headings(page):
            say(file, line_at(m.start()), f"docs/{page.name} has no heading {heading}")
        elif numbers and (missing := named_rows(numbers) - rows(page)):
            say(file, line_at(m.start()), f"docs/{page.name} has no row {', '.join(sorted(missing))}")


def code():
    for file in sorted(ROOT.rglob("*")):
        if file.suffix in CODE and file.is_file() and not NOT_OURS & set(file.relative_to(ROOT).parts):
            if file != pathlib.Path(__file__).resolve():
                yield file


known_programs = {name: Program(globs) for name, globs in PROGRAMS.items()}
for name, program in known_programs.items():
    if len(program.commands) < 8:
        bad.append(f"{name}: its sources are written otherwise than this test reads them")
for each in PAGES:
    fenced, written = fences_and_text(each.read_text())
    check_links(each, written)
    check_commands(each, fenced, written, known_programs)
for each in code():
    check_comments(each)
print("\n".join(bad) or f"{len(PAGES)} pages: links, commands and citations hold")
sys.exit(1 if bad else 0)
