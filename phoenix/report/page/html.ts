/** HTML that cannot be broken by what is put into it. */

/** Marks text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | null | undefined | false | readonly Part[];

/**
 * Tag for templates: strings are escaped, `html` inside `html` is not, null, undefined and false are nothing. Indentation of the
 * template itself is left out: in thousands of rows it would be a good part of a page.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const [first, ...others] = strings.map((string) => string.replaceAll(/\n\s+/g, '\n'));
  return new Html(others.reduce((text, string, i) => text + render(parts[i]!) + string, first!));
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return String(part).replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
