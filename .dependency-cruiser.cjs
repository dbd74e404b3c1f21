/** The arrows of the architecture (house style §1): starter → workflow → activity → vendor. */
const productive = '^(workflows|activities|config|worker|starters)/';

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one concept, or hide a third: find it.',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-sandbox-in-production',
      comment: 'The sandbox is not in the image: take a base URL or a ready client instead.',
      severity: 'error',
      from: { path: productive },
      to: { path: '^(sandbox|test|scripts|bench|samples)/' },
    },
    {
      name: 'workflows-are-alone',
      comment:
        'Workflow code is bundled into the Temporal sandbox: import activities as types only, and pass config as input.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^(activities|config|worker|starters)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'workflows-use-temporal-only',
      comment: 'zod, Node and vendors stay out of the bundle: parse in activities and starters.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'core'],
        pathNot: 'node_modules/@temporalio/(workflow|common)/',
      },
    },
    {
      name: 'activities-know-no-process',
      comment:
        'An activity takes what it needs as an argument; only activities/temporal starts workflows, and activities/decisions judges people, by configuration.',
      severity: 'error',
      from: { path: '^activities/', pathNot: '^activities/(temporal|decisions)/' },
      to: { path: '^(worker|starters|config)/' },
    },
    {
      name: 'activities-temporal-knows-config-only',
      comment:
        'Starting a promotion needs the policy from the configuration, nothing of the worker or the starters.',
      severity: 'error',
      from: { path: '^activities/(temporal|decisions)/' },
      to: { path: '^(worker|starters)/' },
    },
    {
      name: 'starters-and-worker-apart',
      comment:
        'They are two processes: what both need belongs to activities/temporal, config or workflows/shared.',
      severity: 'error',
      from: { path: '^(worker|starters)/' },
      to: { path: '^(worker|starters)/', pathNot: '^$1/' },
    },
    {
      name: 'config-is-a-leaf',
      comment: 'Configuration is parsed, not acted on.',
      severity: 'error',
      from: { path: '^config/' },
      to: { path: '^(activities|worker|starters|sandbox)/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
