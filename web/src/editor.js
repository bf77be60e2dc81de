// Turns a textarea into an editor: SPARQL highlighted, names completed, faults marked where they
// are. Tab is left alone: it leaves the editor. The editor stands in a shadow tree, because there
// its style needs no exception from the policy of the page.

import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import {
  bracketMatching,
  HighlightStyle,
  StreamLanguage,
  syntaxHighlighting,
  syntaxTree,
} from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { completions } from "./names.js";

const MOST = 50; // completions
const KEYWORDS = (
  "ASK BIND BOUND CONSTRUCT COUNT DESCRIBE DISTINCT EXISTS FILTER GROUP BY HAVING LIMIT MAX MIN " +
  "MINUS NOT OFFSET OPTIONAL ORDER PREFIX SAMPLE SELECT SUM UNION VALUES WHERE"
).split(" ");

const OTHERS = ["a", "as", "AS", "by", "BY", "in", "IN", "true", "false", "asc", "ASC", "desc", "DESC"];

// The colours of the site's style sheet, which has them for light and dark.
const COLOURS = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.standard(tags.variableName)],
    color: "var(--accent)",
    fontWeight: "600",
  },
  { tag: tags.string, color: "var(--good)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: tags.atom, color: "var(--mixed)" },
  { tag: tags.meta, color: "var(--muted)" },
]);

const LOOK = EditorView.theme({
  "&": {
    border: "1px solid var(--strong-line)",
    borderRadius: "var(--round)",
    backgroundColor: "var(--paper)",
    fontSize: ".875rem",
  },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "2px" },
  ".cm-scroller": {
    fontFamily: "ui-monospace, monospace",
    minHeight: "10rem",
    maxHeight: "60vh",
    overflow: "auto",
  },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-gutters": {
    backgroundColor: "var(--sunk)",
    color: "var(--muted)",
    borderColor: "var(--line)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "transparent",
    outline: "1px solid var(--muted)",
  },
  "&.cm-focused .cm-nonmatchingBracket": {
    backgroundColor: "transparent",
    outline: "1px solid var(--bad)",
  },
  ".cm-fault": {
    backgroundColor: "var(--bad-soft)",
    textDecoration: "underline wavy var(--bad)",
    textDecorationSkipInk: "none",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
    border: "1px solid var(--strong-line)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "16em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--paper)",
  },
  ".cm-completionDetail": { fontStyle: "normal", opacity: ".85" },
});

const mark = StateEffect.define(); // the places of faults: lists of [from, to]
const faults = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    const said = transaction.effects.find((effect) => effect.is(mark));
    if (said) return Decoration.set(said.value.map(([from, to]) => FAULT.range(from, to)), true);
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});
const FAULT = Decoration.mark({ class: "cm-fault" });

/**
 * Put an editor in the place of a textarea, which keeps the text (hidden). `changed` is called
 * after each change, `run` on Ctrl-Enter or ⌘-Enter; `known` is {labels, prefixes}. Return how to
 * read and set the text, to mark faults in it, and to go to a place.
 */
export function upgrade(textarea, { changed, run, known }) {
  const label = textarea.labels[0];
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        keymap.of([
          { key: "Mod-Enter", run: () => (run(), true) },
          ...completionKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        history(),
        lineNumbers(),
        bracketMatching(),
        autocompletion({ override: [source(known)], icons: false }),
        StreamLanguage.define(sparql),
        syntaxHighlighting(COLOURS),
        LOOK,
        faults,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          "aria-label": label?.textContent.trim() || "SPARQL",
          tabindex: "0",
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          textarea.value = update.state.doc.toString();
          changed();
        }),
      ],
    }),
  });
  textarea.before(host);
  textarea.hidden = true;
  label?.addEventListener("click", () => view.focus());
  return {
    get: () => view.state.doc.toString(),
    // As one change, so that undo brings back what was typed before.
    set: (text) => {
      if (text === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    mark: (places) => view.dispatch({ effects: mark.of(places.filter(([from, to]) => from < to)) }),
    place: (line, column) => place(view.state.doc, line, column),
    goTo: (from) => {
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
      view.focus();
    },
  };
}

/**
 * Return where the word at a line and column begins and ends; the column counts characters. A word
 * before it that is no keyword is meant: the engine took it for the prefix of a name.
 */
function place(doc, line, column) {
  const { from, to, text } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const before = [...text].slice(0, column - 1).join("").length;
  const last = text.slice(0, before).match(/(?<![\w?$:@.-])([A-Za-z][\w-]*)\s*$/);
  if (last && !KEYWORDS.includes(last[1].toUpperCase()) && !OTHERS.includes(last[1])) {
    return [from + last.index, from + last.index + last[1].length];
  }
  const word = text.slice(before).match(/^\s*\S+/);
  if (word) return [from + before + word[0].search(/\S/), from + before + word[0].length];
  return [Math.max(from, to - 1), to]; // at the end of a line: its last character
}

/** Complete names by their prefix or their words, prefixes, variables of the text, and keywords. */
function source({ labels, prefixes }) {
  const option = (name) => ({ label: name, detail: labels[name] });
  return (context) => {
    const { name } = syntaxTree(context.state).resolveInner(context.pos, -1);
    if (/comment|string/i.test(name)) return null;
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) {
      const all = context.state.doc.toString().match(/[?$]\w+/g) ?? [];
      const others = [...new Set(all)].filter((found) => found !== variable.text).sort();
      return { from: variable.from, options: others.map((label) => ({ label })) };
    }
    const typed = context.matchBefore(/[A-Za-z][\w.-]*(?::[\w.-]*)?/);
    if (!typed && !context.explicit) return null;
    const { from, text } = typed ?? { from: context.pos, text: "" };
    const lower = text.toLowerCase();
    const bare = !text.includes(":");
    const words = bare && text ? KEYWORDS.filter((w) => w.startsWith(text.toUpperCase())) : [];
    const heads = bare ? Object.keys(prefixes).filter((p) => p.startsWith(lower)) : [];
    const named = bare && text.length < 3 ? [] : completions(text, labels, MOST);
    const options = [...words, ...heads.map((p) => `${p}:`), ...named].map(option);
    return { from, options, filter: false };
  };
}
