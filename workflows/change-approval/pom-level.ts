/** Elements that only `<project>` has, in Maven's POM 4.0.0; `<packaging>` also stands in the settings of a plugin. */
const ofProjectOnly = new Set([
  'modelVersion',
  'parent',
  'inceptionYear',
  'scm',
  'issueManagement',
  'ciManagement',
  'prerequisites',
]);
const tag = /<(\/?)([A-Za-z_][\w.:-]*)[^<>]*?(\/?)>/g;

/**
 * Whether a line of a POM is directly inside `<project>`, as far as the lines around it prove: an element that nothing else has
 * stands at the same level, and no element that holds both ends or begins between them. A parent's or a dependency's version is not.
 */
export function isProjectLevel(above: readonly string[], below: readonly string[]): boolean {
  if ([...above, ...below].some((line) => /<!|-->|\]\]>/.test(line))) return false;
  return (
    hasAnchor(
      above
        .toReversed()
        .map(tagsOf)
        .map((tags) => tags.toReversed().map(turned)),
    ) || hasAnchor(below.map(tagsOf))
  );
}

interface Tag {
  readonly name: string;
  /** +1: an element begins, in the direction of reading. */
  readonly step: 1 | -1 | 0;
}

function tagsOf(line: string): readonly Tag[] {
  return [...line.matchAll(tag)].map(([, close, name = '', selfClosed]) => ({
    name,
    step: selfClosed ? 0 : close ? -1 : 1,
  }));
}

const turned = (each: Tag): Tag => ({
  ...each,
  step: each.step === 1 ? -1 : each.step === -1 ? 1 : 0,
});

/** Reads away from the version: elements of the project alone count, whole ones beside it, while nothing around it was left. */
function hasAnchor(lines: readonly (readonly Tag[])[]): boolean {
  let depth = 0;
  for (const { name, step } of lines.flat()) {
    if (depth === 0 && step >= 0 && ofProjectOnly.has(name)) return true;
    depth += step;
    // going up, this is the element that holds the version
    if (depth < 0) return name === 'project';
  }
  return false;
}
