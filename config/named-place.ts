/** A place of the file, such as `processes.change.site`, that names something. */
export interface NamedPlace {
  readonly path: string;
  readonly name: string | undefined;
}
