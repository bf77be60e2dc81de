"""The server: tools and resources by the Model Context Protocol, over standard input and output.

Docstrings of tools are written for a language model: it reads them to choose.
"""

import json
from dataclasses import asdict
from typing import Annotated, Any, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.files import ROOT, text
from ldn_kg.graph.namespaces import PREFIXES
from ldn_kg.graph.questions import questions
from ldn_kg.publish.agents import tools
from ldn_kg.publish.agents.worker import Worker

INSTRUCTIONS = """\
The evidence on low-dose naltrexone (LDN): studies, their results, and what they say together, by
rule. It is a curated record with null results and harms, not medical advice. Use it so:

1. For a condition, a symptom or a harm ask `answer` first. Unsure of the name? `search`.
2. Quote the sentence of an answer whole, with its status and its certainty. Never drop the
   certainty, and never turn "possible" or "may" into "works".
3. Give both sides: the trials that found no benefit, and the harms, stand in each answer.
4. Cite papers by the DOI or PMID that comes with the answer, and the version of ldn-kg. Never
   complete a reference from memory.
5. Do not give advice: no dose for a person, no "you should". Say that a clinician decides.
6. What is not found here is not known here. That is no evidence that it does not work or is safe.

Certainty, after GRADE but by rule: high, moderate, low, very low. Low and very low mean that the
true effect may be quite another. "too little to say", "not compared", "only uncontrolled studies"
and "untested" are no answers in favour or against. Levels M1 to M5 of mechanisms say where it was
measured: M1 in people with a group beside them, M4 in cells, M5 inferred. What happens in cells or
animals is no evidence of benefit in people.
"""

Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=300,
        description="Any name of a record: a label, synonym, acronym, registration, DOI, PMID, "
        "prefixed name such as claim:ldn-fibromyalgia, or IRI.",
    ),
]


def server(worker: Worker) -> MCPServer[Any]:
    """Return the server of what a worker answers; `run` serves until the client is gone.

    Raises LdnKgError, or InvalidData, for data that cannot be read or are not valid.
    """
    made: MCPServer[Any] = MCPServer(
        "ldn-kg",
        title="Evidence on low-dose naltrexone",
        description="Studies of low-dose naltrexone, what they say together, and how certain it is",
        instructions=INSTRUCTIONS,
        version=worker.ask("version"),
        log_level="ERROR",
    )
    _add_tools(made, worker)
    _add_resources(made)
    return made


def _add_tools(made: MCPServer[Any], worker: Worker) -> None:
    reads = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

    def told(tool: str, *arguments: Any) -> CallToolResult:
        """Return an answer as text and as data; a refusal is an error with its sentence."""
        try:
            said, data = worker.ask(tool, *arguments)
        except LdnKgError as error:
            raise ToolError(str(error)) from error
        content = TextContent(type="text", text=said)
        return CallToolResult(content=[content], structured_content=asdict(data))

    @made.tool(title="Search", annotations=reads)
    def search(
        words: Annotated[
            str, Field(min_length=1, max_length=300, description="Words, a name or an identifier.")
        ],
        kind: Annotated[
            str | None,
            Field(max_length=20, description="One kind only: claim, condition, study, symptom, "
                  "drug, target, publication, question …"),
        ] = None,
        limit: Annotated[int, Field(ge=1, le=50, description="At most so many hits.")] = 10,
    ) -> Annotated[CallToolResult, tools.Hits]:  # fmt: skip
        """Find records by words: conditions, claims, studies, symptoms, drugs, targets, papers.

        Use it first when you do not know the exact name of something, or have a DOI, a PMID, a
        registration (NCT…) or an author. Misspellings, synonyms and acronyms work. Each hit has
        the name that the other tools take, and what is known: quote the status of a claim with it.
        A hit of the kind "question" is a name for `ask`. `complete: false` means that no record
        has all of your words.
        """
        return told("search", words, kind, limit)

    @made.tool(title="What is known", annotations=reads)
    def answer(name: Name) -> Annotated[CallToolResult, tools.Answered]:
        """Say what is known on LDN in a condition, for a symptom, or on a harm. Start here.

        It gives one sentence with its certainty for each claim; each outcome with its size, people
        and certainty; the doses of the trials that found benefit AND of those that did not; trials
        awaited; studies that do not decide, and why; the harms of the treatment; the papers.
        Quote the sentence whole. Report the trials without benefit and the harms as well. The doses
        are those of trials, not a recommendation.
        """
        return told("answer", name)

    @made.tool(title="Ask a named question", annotations=reads)
    def ask(
        question: Annotated[
            str, Field(max_length=100, description="Its name; leave it out to list all questions.")
        ] = "",
        parameters: Annotated[
            dict[str, str | int | float] | None,
            Field(description='Values by parameter, such as {"condition": "fibromyalgia"}.'),
        ] = None,
    ) -> Annotated[CallToolResult, tools.Rows]:
        """Answer a question that is already written and tested, as rows.

        Prefer it to `sparql`. Without a name it lists the questions with their parameters, such as
        `null-results`, `harms-table`, `trials`, `doses-by-condition`, `unpublished-studies` or
        `guidance`. `cut: true` means that there are more rows than are told: say so, and narrow the
        question by a parameter. An empty cell is unknown, not zero.
        """
        return told("ask", question, parameters or {})

    @made.tool(title="How a claim got its answer", annotations=reads)
    def explain(claim: Name) -> Annotated[CallToolResult, tools.Page]:
        """Show how a claim got its answer: what entered, what was kept out, which rule said so.

        Use it when somebody asks why a certainty is low, why a study does not count, or how numbers
        were pooled. It needs a claim: `search` with kind "claim" finds them.
        """
        return told("explain", claim)

    @made.tool(title="Show a record", annotations=reads)
    def show(name: Name) -> Annotated[CallToolResult, tools.Page]:
        """Show a record whole: a study with its arms, doses and results, a claim, a drug, a paper.

        Use it to check a number before you quote it. "read as" says on which kind of page each part
        was read; most studies were read as abstracts only.
        """
        return told("show", name)

    @made.tool(title="Cite", annotations=reads)
    def cite(
        name: Annotated[
            str | None,
            Field(max_length=300, description="A record; leave it out to cite the whole dataset."),
        ] = None,
        form: Annotated[
            Literal["text", "bibtex", "ris", "csl-json"], Field(description="The form.")
        ] = "text",
    ) -> Annotated[CallToolResult, tools.Page]:
        """Say how to cite the dataset, or a study or claim in it; with the paper of a study."""
        return told("cite", name, form)

    @made.tool(title="SPARQL", annotations=reads)
    def sparql(
        query: Annotated[
            str, Field(min_length=1, max_length=20_000, description="SELECT, ASK or CONSTRUCT.")
        ],
    ) -> Annotated[CallToolResult, tools.Rows]:
        """Answer a SPARQL 1.1 query that only reads, for what no named question answers.

        Read the resources `ldn-kg://prefixes` and `ldn-kg://ontology` first; the prefixes are
        declared already. Time and rows are limited: add a LIMIT, and do not count rows that were
        `cut`. SERVICE and FROM are refused. A result of one study (ldn:Result) is no answer: what
        studies say together is ldn:answer, ldn:status and ldn:certainty of a claim.
        """
        return told("sparql", query)


def _add_resources(made: MCPServer[Any]) -> None:
    @made.resource(
        "ldn-kg://ontology",
        mime_type="text/turtle",
        description="The ontology in Turtle: the classes and properties, with their definitions.",
    )
    def ontology() -> str:
        return text(ROOT / "ontology" / "ldn.ttl")

    @made.resource(
        "ldn-kg://prefixes",
        mime_type="text/plain",
        description="The prefixes that are declared in each query.",
    )
    def prefixes() -> str:
        return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())

    @made.resource(
        "ldn-kg://questions",
        mime_type="application/json",
        description="The named questions that `ask` takes, with their parameters and SPARQL.",
    )
    def named_questions() -> str:
        told = [
            {
                "name": each.name,
                "question": each.words,
                "parameters": each.parameters,
                "sparql": each.sparql,
            }
            for each in questions().values()
        ]
        return json.dumps(told, ensure_ascii=False, indent=1)
