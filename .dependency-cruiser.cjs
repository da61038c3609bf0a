// The rooms of the house in the order data passes through them; imports point only to earlier rooms.
const rooms = [
  'engine',
  'losses',
  'models',
  'weights',
  'data',
  'npc',
  'methods',
  'cluster',
  'train',
  'evaluate',
  'experiments',
  'figures',
  'classroom',
  'notebook',
  'cli',
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...rooms.map((room, index) => ({
      name: `${room}-imports-only-earlier-rooms`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: {
        path: `^src/(${rooms.slice(index + 1).join('|') || 'none'})/|^src/index\\.ts$`,
      },
    })),
    {
      name: 'engine-knows-nothing-of-the-project',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { path: '^src/', pathNot: '^src/(engine/|errors\\.ts$)' },
    },
    {
      name: 'every-room-is-listed',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: `^src/((${rooms.join('|')})/|[^/]+\\.ts$)`,
      },
      to: {},
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
