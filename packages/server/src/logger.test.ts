import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('writes a line of JSON on stderr, in the fields collectors know', () => {
  const module = fileURLToPath(new URL('./logger.ts', import.meta.url));
  const script =
    `import { createLog } from ${JSON.stringify(module)};` +
    `const log = createLog('info', 'n1'); log.debug({}, 'unsaid'); log.warn({ requestId: 'r', err: new Error('gone') }, 'said');`;
  const output = execFileSync('/bin/sh', [
    '-c',
    '"$0" --input-type=module -e "$1" 2>&1',
    process.execPath,
    script,
  ]);
  const line: unknown = JSON.parse(output.toString());
  expect(line).toMatchObject({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    'service.name': 'kith',
    'service.instance.id': 'n1',
    requestId: 'r',
    msg: 'said',
    err: { message: 'gone' },
  });
});
