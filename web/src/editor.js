// Turns a textarea into an editor with highlighted SPARQL. Tab is left alone: it leaves the editor.

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import {
  bracketMatching,
  HighlightStyle,
  StreamLanguage,
  syntaxHighlighting,
} from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// The colours of the site's style sheet, which has them for light and dark.
const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.standard(tags.variableName)], color: "var(--link)", fontWeight: "600" },
  { tag: tags.string, color: "var(--support)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: tags.atom, color: "var(--contest)" },
  { tag: tags.meta, color: "var(--muted)" },
]);

const LOOK = EditorView.theme({
  "&": { border: "1px solid var(--muted)", backgroundColor: "var(--paper)", fontSize: ".9rem" },
  "&.cm-focused": { outline: "3px solid var(--link)", outlineOffset: "2px" },
  ".cm-scroller": {
    fontFamily: "ui-monospace, monospace",
    minHeight: "12rem",
    maxHeight: "60vh",
    overflow: "auto",
  },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-gutters": {
    backgroundColor: "var(--soft)",
    color: "var(--muted)",
    borderColor: "var(--line)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "transparent",
    outline: "1px solid var(--muted)",
  },
  "&.cm-focused .cm-nonmatchingBracket": {
    backgroundColor: "transparent",
    outline: "1px solid var(--dispute)",
  },
});

/**
 * Put an editor in the place of a textarea, which keeps the text (hidden). `changed` is called
 * after each change, `run` on Ctrl-Enter or ⌘-Enter. Return how to read and set the text.
 */
export function upgrade(textarea, { changed, run }) {
  const label = textarea.labels[0];
  const view = new EditorView({
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        keymap.of([
          { key: "Mod-Enter", run: () => (run(), true) },
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        history(),
        lineNumbers(),
        bracketMatching(),
        StreamLanguage.define(sparql),
        syntaxHighlighting(COLOURS),
        LOOK,
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
  textarea.before(view.dom);
  textarea.hidden = true;
  label?.addEventListener("click", () => view.focus());
  return {
    get: () => view.state.doc.toString(),
    // As one change, so that undo brings back what was typed before.
    set: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
  };
}
