/**
 * The import law (docs: DESIGN, "The house"): who may know whom. A wall that no check guards is a wish.
 *
 *   protocol ← client ← apps/web
 *   protocol ← server
 *
 * Tests, and the folders that drive the whole system from outside (bench, e2e, examples), may reach
 * across: they stand in for both ends of the wire.
 */

/** A test, or a helper that only tests use: `*.test.ts`, anything under a `testing/` folder. */
const tests = '(\\.test\\.tsx?$|/testing/)';

/**
 * One wall: files under `room` (tests apart, unless said) may not import what matches `path`.
 * @param {string} name
 * @param {string} why
 * @param {string} room
 * @param {Extract<import('dependency-cruiser').IForbiddenRuleType, { to: unknown }>['to']} to
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
const wall = (name, why, room, to) => ({
  name,
  comment: why,
  severity: 'error',
  from: { path: room, pathNot: tests },
  to,
});

/** Our own packages; everything else that resolves is Node's or npm's. */
const ours = '^(packages|apps|bench|e2e|examples|tools)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'Two modules that need each other are one module, or hide a third. A cycle that a mere type closes ' +
        'is none when the program runs, and is let pass.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere: a missing file, or a package that is not installed.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'nobody-needs-a-test',
      comment:
        'Shared test code belongs in a testing/ folder or in tools/, so that a test can be deleted alone.',
      severity: 'error',
      from: {},
      to: { path: '\\.test\\.tsx?$' },
    },
    {
      name: 'production-needs-no-test-code',
      comment: 'testing/ folders are for tests: what ships must not lean on them.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: tests },
      to: { path: '(^|/)testing/' },
    },
    wall('protocol-imports-nothing-of-ours', 'The wire is the ground floor.', '^packages/protocol/', {
      path: ours,
      pathNot: '^packages/protocol/',
    }),
    wall(
      'protocol-does-no-io',
      'Schemas and types run in browser and server alike.',
      '^packages/protocol/src/',
      {
        dependencyTypes: ['core'],
      },
    ),
    wall(
      'client-knows-only-the-wire',
      'The SDK must not know how a server or an app is made.',
      '^packages/client/',
      {
        path: ours,
        pathNot: '^packages/(client|protocol)/',
      },
    ),
    wall('server-knows-only-the-wire', 'Other clients must work as well as ours does.', '^packages/server/', {
      path: ours,
      pathNot: '^packages/(server|protocol)/',
    }),
    wall('web-knows-client-and-wire', 'The app is a host of the SDK like any other.', '^apps/web/', {
      path: ours,
      pathNot: '^(apps/web|packages/(client|protocol))/',
    }),
    {
      name: 'tests-cross-walls-on-purpose-only',
      comment:
        'Tests may use tools; server tests may also drive the real client. Nothing tests through the app.',
      severity: 'error',
      from: { path: `^packages/.*${tests}` },
      to: { path: '^(apps|bench|e2e|examples)/' },
    },
    {
      name: 'client-tests-stay-on-their-side',
      comment: 'The client is tested against the wire, not against one server.',
      severity: 'error',
      from: { path: '^packages/(client|protocol)/' },
      to: { path: '^packages/server/' },
    },
    {
      name: 'database-has-its-rooms',
      comment:
        'SQL lives in store/, log/ and accounts/, so that a query is found, tested on both databases and measured.',
      severity: 'error',
      from: {
        path: '^packages/server/src/',
        pathNot: ['^packages/server/src/(store|log|accounts)/', tests],
      },
      to: { path: 'node_modules/(kysely|pg|@types/pg|@electric-sql/pglite)/' },
    },
    {
      name: 'policy-is-pure',
      comment:
        'Who may do what is decided by functions of their arguments: nothing to mock, nothing to wait for.',
      severity: 'error',
      from: { path: '^packages/server/src/policy/', pathNot: tests },
      to: { pathNot: '^packages/(server/src/policy|protocol)/' },
    },
    {
      name: 'tools-stand-alone',
      comment: 'Set-up must run before anything else does.',
      severity: 'error',
      from: { path: '^tools/' },
      to: { path: '^(packages|apps|bench|e2e|examples)/' },
    },
  ],
  options: {
    // TypeScript 7 has no JavaScript API yet; swc reads the imports, `import type` included.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    // Declarations import nothing, and swc cannot read them.
    exclude: { path: ['^(packages|apps)/[^/]+/(dist|coverage)/', '\\.d\\.mts$'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
