/** A string, a mark, or what is neither: white space, numbers, words. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^"{}[\],:]+/gs;

/** Where in a JSON document its beginning ends: the keys down to the value that it ends in or after; null inside a list. */
export function jsonPathAt(beginning: string): readonly (string | null)[] | undefined {
  const path: (string | null)[] = [];
  let last: string | null = null;
  for (const [part] of beginning.matchAll(token)) {
    if (part.startsWith('"')) last = keyOf(part);
    else if (part === '{' || part === '[') path.push(null);
    else if (part === '}' || part === ']') path.pop();
    else if (part === ':') path[path.length - 1] = last;
    else if (part !== ',' && part.trim() === '') continue;
    if (path.length === 0) return undefined;
  }
  return path;
}

/** An escaped key is read as it stands: it then equals no key that is looked for. */
const keyOf = (part: string) => part.slice(1, -1);
