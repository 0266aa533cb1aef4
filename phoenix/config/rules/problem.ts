/** How a broken rule is told. */
import type { Problem } from '../explain.ts';

export function problem(path: string, what: string, allowed: string): Problem {
  return { path: path.split('.'), part: 'value', what, allowed };
}

export function upTo(most: number): string {
  return most === 1 ? '1' : `1 to ${most}`;
}

export function count(images: number): string {
  return images.toLocaleString('en-US');
}
