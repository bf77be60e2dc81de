"""The command line: `ldn-kg`, its commands by name, and what an exit code means.

Exit codes: 0 all well, 1 problems found, 2 could not run, 130 stopped by Ctrl-C,
143 told to end (SIGTERM).
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from ldn_kg.command.terminal import (
    discard_standard_output,
    faults_of_standard_output,
    harmless,
    say,
)
from ldn_kg.errors import InvalidData, LdnKgError

# The commands: their modules, each imported when its command is run, and what --help says of them.
_COMMANDS = {
    "answer": ("read", "Say what is known on a condition, a symptom or a harm."),
    "bibliography": ("cite", "Write the papers behind the dataset for reference managers."),
    "build": ("publish", "Write the release into a folder."),
    "cache": ("cache", "Say what is kept to start sooner, or remove it."),
    "cite": ("cite", "Say how to cite the dataset, a paper, a study or a claim."),
    "diff": ("read", "Say which claims changed between two releases, and why."),
    "explain": ("read", "Show how a claim got its answer, step by step."),
    "export": ("publish", "Write the dataset as RDF."),
    "mcp": ("agents", "Serve the evidence to AI agents."),
    "new": ("curate", "Begin the file of a new study."),
    "push": ("stores", "Load the dataset into a triple store."),
    "query": ("query", "Answer a question by name, or any SPARQL query."),
    "review": ("curate", "Print what a second reader must compare, and record it."),
    "screen": ("curate", "Say which records of an export are new."),
    "search": ("search", "Find records and questions by words."),
    "serve": ("stores", "Serve SPARQL on this machine, and a page to ask in."),
    "show": ("read", "Show a record as a page."),
    "site": ("publish", "Write the website into a folder."),
    "validate": ("check", "Check the dataset, and your own files with it."),
    "verify": ("stores", "Compare what a triple store holds with the dataset."),
    "verify-source": ("check", "Compare passages with your copy of their source."),
    "watch": ("curate", "Say what changed in registries since an export."),
}


class _Commands(click.Group):
    """Imports a command when it is run, and turns what it raises into a sentence and exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, sorted."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command by its name, or None where there is no such command."""
        if name not in _COMMANDS:
            return None
        module = import_module(f"ldn_kg.command.{_COMMANDS[name][0]}")
        command: click.Command = getattr(module, name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands for --help, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in sorted(_COMMANDS.items())])

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run the program; a fault of its own ends with 2, as 1 stands for problems in the data.

        Ctrl-C ends with 130, also where click knows no command yet and would end with 1.
        """
        _open_what_is_closed()
        try:
            code = super().main(*arguments, **{**options, "standalone_mode": False})
        except click.ClickException as error:
            error.message = harmless(error.message)  # type: ignore[misc]  # which click then shows
            error.show()
            code = error.exit_code
        except click.Abort:
            code = _stopped()
        except Exception:
            import traceback  # here: it is rarely needed

            say(traceback.format_exc(), err=True)
            say(
                "Error: This is a fault of ldn-kg; please report it, with the lines above.",
                err=True,
            )
            code = 2
        sys.exit(code or 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; exit 1 for problems in the data, 2 where it could not run."""
        try:
            outcome = super().invoke(ctx)
            with faults_of_standard_output():
                sys.stdout.flush()
            return outcome
        except InvalidData as error:
            say(f"Error: {error}", err=True)
            ctx.exit(1)
        except LdnKgError as error:
            say(f"Error: {error}", err=True)
            ctx.exit(2)
        except (KeyboardInterrupt, click.Abort):  # click has the second for one at a prompt
            ctx.exit(_stopped())
        except BrokenPipeError:
            discard_standard_output()  # the reader has gone (| head)
            ctx.exit(0)
        except (OSError, MemoryError, RecursionError) as error:
            say(f"Error: {_said(error)}", err=True)
            ctx.exit(2)


def _stopped() -> int:
    say("Stopped. No file is half-written.", err=True)
    return 130


def _said(error: OSError | MemoryError | RecursionError) -> str:
    """Return a sentence for what the system, and no command, has found wrong."""
    if isinstance(error, RecursionError):
        return "The input is nested too deep; make it flat."
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; ask for less, or give it smaller files."
    place = f"{error.filename} cannot be used: " if error.filename else ""
    return f"{place}{error.strerror or error}. Nothing more was done."


def _open_what_is_closed() -> None:
    """Give the program the streams that a shell has closed (>&-): files would take their place."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")
    if sys.stdout is None:
        sys.stderr.write("Error: Standard output is closed; send it to a file, or to /dev/null.\n")
        sys.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ldn-kg")
def main() -> None:
    """Ask, check and publish the evidence on low-dose naltrexone (LDN).

    Not medical advice: a curated record of what was read, how, and when.

    \b
    Example:
      ldn-kg answer fibromyalgia
    """
