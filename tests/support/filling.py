"""A curator for the tests: fills in the file of a new study by the marks that stand in it."""

import re

CHOOSE = re.compile(r"(?m)^( +)# (choose(?: one)?): (\S+) (.*) ;$")
# What a source could say, by property. For other closed lists it is the first code below the line.
SAID = {
    "rdfs:label": '"a label"@en',
    "dcterms:title": '"An invented paper"@en',
    "dcterms:description": '"A description."@en',
    "dcterms:issued": '"2024"^^xsd:gYear',
    "ldn:authorList": '"Doe J, Roe R"',
    "bibo:doi": '"10.5555/ldn.filled"',
    "ldn:analysed": "30",
    "ldn:condition": "condition:fibromyalgia",
    "ldn:claim": "claim:ldn-fibromyalgia",
    "ldn:dose": "dose:4.5-mg",
    "ldn:design ldnc:randomised-parallel-trial": "ldnc:randomised-parallel-trial",
    "ldn:design ldnc:systematic-review": "ldnc:systematic-review-of-randomised-trials",
    "ldn:design ldnc:in-vitro-study": "ldnc:in-vitro-study",
    "ldn:system": "ldnc:in-vitro",
    "ldn:control": "ldnc:placebo",
    "ldn:outcome": "ldnc:pain-intensity",
    "ldn:contrast ldnc:between-groups": "ldnc:between-groups",
    "ldn:direction": "ldnc:supports",
    "ldn:favours ldnc:favours-treatment": "ldnc:favours-treatment",
}


def fill(turtle: str, **said: str) -> str:
    """Return the text with every choice made: the first of those of which one is needed.

    `said` holds what the source says instead of SAID, by the name of the property without prefix.
    """
    lines, one_chosen = turtle.splitlines(), False
    for number, line in enumerate(lines):
        match = CHOOSE.fullmatch(line)
        if not match:
            continue
        space, mark, name, form = match.groups()
        if mark == "choose one" and one_chosen:
            continue
        one_chosen = one_chosen or mark == "choose one"
        listed = re.findall(r"\b(?:ldnc|obo):[\w-]+", _below(lines, number))
        value = said.get(name.partition(":")[2]) or _value(name, form, listed)
        lines[number] = f"{space}{name} {value} ;"
    return "\n".join(lines) + "\n"


def _below(lines: list[str], number: int) -> str:
    """Return the comments below a line, which say what it can have."""
    rest = iter(lines[number + 1 :])
    below = []
    for line in rest:
        if not line.strip().startswith("#     "):
            break
        below.append(line)
    return " ".join(below)


def _value(name: str, form: str, listed: list[str]) -> str:
    for code in listed:
        if f"{name} {code}" in SAID:
            return SAID[f"{name} {code}"]
    if name in SAID:
        value = SAID[name]
        assert not form.startswith("ldnc:") or value in listed, f"{value} is not offered for {name}"
        return value
    assert listed, f"nothing is offered for {name}"
    return listed[0]
