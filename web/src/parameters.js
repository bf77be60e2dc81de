// The parameters of a question, as fields of a form. A parameter is a line of the SPARQL text, as
// ldn_kg.graph.questions reads it, so that the text says all and the fields only show it:
// VALUES ?condition { UNDEF } # -p condition: a condition, such as fibromyalgia

import { element } from "./element.js";

const LINE = /^([ \t]*VALUES \?(\w+) \{ )([^}]*?)( \})([ \t]*# -p \2: (.+))$/gm;
const NUMBER = /^-?\d{1,12}(?:\.\d{1,12})?$/;

/** Return the parameters of a text: name, meaning, and the term that stands there. */
export function parameters(text) {
  return [...text.matchAll(LINE)].map(([, , name, term, , , meaning]) => ({ name, term, meaning }));
}

/** Return the text with terms in the place of its parameters; those not named keep theirs. */
export function bind(text, terms) {
  return text.replace(LINE, (line, before, name, term, after, comment) =>
    Object.hasOwn(terms, name) ? `${before}${terms[name]}${after}${comment}` : line,
  );
}

/** Return the text without the terms of its parameters: the same for all that differ in these. */
export const unbound = (text) => text.replace(LINE, "$1$4$5");

/** Fields for the parameters of a text, with suggestions and with words in the place of IRIs. */
export class Fields {
  /** `changed` is called with the terms by parameter, each time that somebody changes a field. */
  constructor(box, { labels, prefixes }, changed) {
    Object.assign(this, { box, labels, prefixes, changed });
    this.shown = ""; // what the fields are made for
  }

  /** Show the fields of a text; `choices` are the prefixed names to suggest, by parameter. */
  show(text, choices) {
    const found = parameters(text);
    const shape = JSON.stringify([found.map(({ name, meaning }) => [name, meaning]), choices]);
    if (shape !== this.shown) {
      this.shown = shape;
      this.fields = found.map((parameter) => this.#field(parameter, choices[parameter.name] ?? []));
      this.box.replaceChildren(...this.fields.map(({ whole }) => whole));
    }
    found.forEach(({ term }, i) => {
      const { input, words } = this.fields[i];
      if (document.activeElement === input) return; // somebody is typing
      input.value = words(term);
      this.#judge(this.fields[i]);
    });
  }

  /** Tell whether all fields can be understood; if not, the first that cannot gets the focus. */
  valid() {
    const wrong = this.fields.find((field) => !this.#judge(field));
    wrong?.input.focus();
    return !wrong;
  }

  #field({ name, meaning, term }, choices) {
    const id = `parameter-${name}`;
    const isNumber = NUMBER.test(term);
    const names = this.#names(choices);
    const input = element("input", { id, type: isNumber ? "number" : "text", autocomplete: "off" });
    const list = element("datalist", { id: `${id}-list` });
    list.append(...[...names.keys()].map((words) => element("option", { value: words })));
    if (isNumber) input.step = "any";
    else input.setAttribute("list", list.id);
    input.setAttribute("aria-describedby", `${id}-meaning`);
    const all = isNumber ? "" : `; empty for all ${choices.length || ""}`.trimEnd();
    const told = element("small", { id: `${id}-meaning` }, meaning + all);
    const label = element("label", { htmlFor: id }, name.replace(/^./, (c) => c.toUpperCase()));
    const field = {
      input,
      told,
      meaning: meaning + all,
      whole: element("p", {}, label, input, list, told),
      term: () => (isNumber ? this.#number(input) : this.#record(input, names)),
      words: (shown) => this.#words(shown, names),
      name,
    };
    input.addEventListener("input", () => this.#judge(field, true) && this.#change(field));
    input.addEventListener("change", () => this.#judge(field) && this.#change(field));
    return field;
  }

  #change(field) {
    this.changed({ [field.name]: field.term() });
  }

  /** Say under a field what is wrong with it; while somebody types, only that it is right. */
  #judge(field, typing = false) {
    const fine = field.term() !== null;
    if (fine || !typing) {
      field.input.setAttribute("aria-invalid", String(!fine));
      field.told.textContent = fine
        ? field.meaning
        : `There is no such record to choose: ${field.meaning}`;
      field.told.className = fine ? "" : "warning";
    }
    return fine;
  }

  /** Map what a field shows to prefixed names: labels, with the name where two share one. */
  #names(choices) {
    const names = new Map();
    for (const name of choices) {
      const label = this.labels[name] ?? name;
      names.set(names.has(label) ? `${label} (${name.split(":")[1]})` : label, name);
    }
    return names;
  }

  #number(input) {
    return NUMBER.test(input.value.trim()) ? input.value.trim() : null;
  }

  /** Return the term of what was typed: a label, a prefixed name, the last part of one, an IRI. */
  #record(input, names) {
    const typed = input.value.trim();
    if (!typed) return "UNDEF";
    const folded = typed.toLowerCase();
    const found =
      names.get(typed) ??
      [...names].find(([words, name]) => {
        return [words.toLowerCase(), name, name.split(":")[1]].includes(folded);
      })?.[1] ??
      (Object.hasOwn(this.labels, typed) ? typed : null);
    if (found) return `<${this.#iri(found)}>`;
    const known = Object.keys(this.labels).some((name) => this.#iri(name) === typed);
    return known ? `<${typed}>` : null;
  }

  #words(term, names) {
    if (term === "UNDEF") return "";
    const iri = term.replace(/^<(.*)>$/, "$1");
    for (const [words, name] of names) if (this.#iri(name) === iri || name === iri) return words;
    return iri;
  }

  #iri(name) {
    const [prefix, ...local] = name.split(":");
    return (this.prefixes[prefix] ?? `${prefix}:`) + local.join(":");
  }
}
