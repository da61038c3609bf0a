import type { ImageSource } from '../image-source.js';
import { requireIndex } from '../in-memory.js';
import { chooseClasses } from './class-list.js';

/**
 * The images of some classes, in the source's order, labelled from 0 by the chosen classes in the source's order: in
 * whatever order a list of synsets names them, labels are those of published models of this subset. Reads through the
 * source, and closing either closes both.
 * @throws InputError naming a class that the source does not have or the list has twice
 */
export function ofClasses(source: ImageSource, classes: readonly string[]): ImageSource {
  const chosen = chooseClasses(source.classes, classes, source.name);
  return relabel(source, chosen, `${source.name} (${chosen.length} of ${source.classes.length} classes)`);
}

/** The images of those of `classes` that the source has, labelled by their places in `classes`. */
export function relabel(source: ImageSource, classes: readonly string[], name: string): ImageSource {
  const places = new Map(classes.map((className, place) => [className, place]));
  const labelOf = source.classes.map((className) => places.get(className) ?? -1);
  const indices = Int32Array.from(source.labels.keys()).filter(
    (index) => labelOf[source.labels[index]!]! >= 0,
  );
  const indexOf = (index: number) => indices[requireIndex(name, indices.length, index)]!;
  return {
    name,
    length: indices.length,
    classes,
    labels: indices.map((index) => labelOf[source.labels[index]!]!),
    locationOf: (index) => source.locationOf(indexOf(index)),
    read: async (index) => source.read(indexOf(index)),
    close: () => source.close(),
  };
}
