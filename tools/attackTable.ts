/** A reporter for Vitest: what the attack suite tried and what it got, as a table. Only what was asserted is in it. */
import type { Reporter, TestModule } from 'vitest/node';

interface AttackRecord {
  readonly tried: string;
  readonly got: Readonly<Record<string, number>>;
}

const recordOf = (meta: object): AttackRecord | undefined =>
  'attack' in meta ? (meta.attack as AttackRecord) : undefined;

const gotten = (got: AttackRecord['got']): string =>
  Object.entries(got)
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, times]) => (times === 1 ? outcome : `${outcome} ×${times}`))
    .join(', ');

export default class AttackTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines: string[] = [];
    let held = 0;
    let cases = 0;
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const record = recordOf(test.meta());
        if (!record) continue;
        const { state } = test.result();
        cases += 1;
        if (state === 'passed') held += 1;
        lines.push(
          `${state === 'passed' ? 'held  ' : state.toUpperCase()}  ${test.fullName}`,
          `        tried  ${record.tried}`,
          `        got    ${gotten(record.got) || 'nothing'}`,
        );
      }
    }
    if (cases > 0) process.stdout.write(`\n${lines.join('\n')}\n\n${held} of ${cases} cases held\n`);
  }
}
