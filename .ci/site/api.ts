import { join } from 'node:path';
import {
  Application,
  Comment,
  JSX,
  LiteralType,
  Logger,
  LogLevel,
  PageEvent,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
} from 'typedoc';
import { header } from './header.js';

/** One of the namespaces that the library exports. */
export interface Room {
  readonly name: string;
  /** What `src/index.ts` says of it, in Markdown. */
  readonly purpose: string;
  /** Path of its page, from the API's folder. */
  readonly page: string;
}

/** Keeps what TypeDoc warns of. */
class Problems extends Logger {
  readonly list: string[] = [];

  override log(message: string, level: LogLevel): void {
    super.log(message, level);
    if (level >= LogLevel.Warn) this.list.push(message);
  }
}

/**
 * Writes the API's pages by TypeDoc, as `.typedoc.json` says.
 * @param folder - where the pages go
 */
export async function writeApi(root: string, folder: string): Promise<{ rooms: Room[]; problems: string[] }> {
  const app = await Application.bootstrap({
    options: join(import.meta.dirname, '../../.typedoc.json'),
    entryPoints: [join(root, 'src/index.ts')],
    tsconfig: join(root, 'src/tsconfig.json'),
    basePath: root,
  });
  const problems = new Problems();
  app.logger = problems;
  const project = await app.convert();
  if (project === undefined) return { rooms: [], problems: problems.list };
  forgetAddresses(project);
  app.options.setValue('intentionallyNotDocumented', discriminants(project));
  app.validate(project);
  app.renderer.hooks.on('body.begin', ({ page }) =>
    JSX.createElement(JSX.Raw, { html: header(`api/${page.url}`) }),
  );
  // Browsers refuse parts of other files to pages from the disk; the page's script brings the icons into the page.
  app.renderer.on(PageEvent.END, (page: PageEvent) => {
    if (page.contents !== undefined)
      page.contents = page.contents.replaceAll(/href="[^"]*assets\/icons\.svg#/g, 'href="#');
  });
  await app.generateDocs(project, folder);
  return { rooms: roomsOf(project), problems: problems.list };
}

/** Files of the source are named without a link: the site does not know where the repository is published. */
function forgetAddresses(project: ProjectReflection): void {
  for (const reflection of project.getReflectionsByKind(ReflectionKind.All)) {
    if (!reflection.isDeclaration() && !reflection.isSignature()) continue;
    for (const source of reflection.sources ?? []) delete source.url;
  }
}

/** Properties such as `type: 'step'`, by which the members of a union are told apart: their type says it all. */
function discriminants(project: ProjectReflection): string[] {
  const properties = project.getReflectionsByKind(ReflectionKind.Property).filter(isDiscriminant);
  return [...new Set(properties.map((property) => property.getFriendlyFullName()))];
}

/** Those of parameters TypeDoc does not ask documentation of, and so wants no exception for. */
function isDiscriminant(property: Reflection): boolean {
  if (!property.isDeclaration() || !(property.type instanceof LiteralType) || property.hasComment())
    return false;
  let parent: Reflection | undefined = property.parent;
  while (parent !== undefined && !parent.kindOf(ReflectionKind.Parameter)) parent = parent.parent;
  return parent === undefined;
}

function roomsOf(project: ProjectReflection): Room[] {
  return (project.children ?? [])
    .filter(({ kind }) => kind === ReflectionKind.Namespace)
    .map(({ name, comment }) => ({
      name,
      purpose: Comment.combineDisplayParts(comment?.summary),
      page: `modules/${name}.html`,
    }));
}
