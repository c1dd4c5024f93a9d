// Patterns of claims, matched as a whole and without regular expressions: whoever names a branch
// chooses a part of what is matched.

/** Tells whether a value is one that the pattern describes. */
export type ClaimPattern = (value: string) => boolean;

/** A literal character, any run without `/`, or any run at all. */
type Step = { literal: string } | 'segment' | 'anything';

/** `*` stands for any characters but `/`, `**` for any at all, everything else for itself. */
export function compileClaimPattern(pattern: string): ClaimPattern {
  const steps = parse(pattern);
  return (value) => {
    let reached = withSkips(steps, new Set([0]));
    for (const character of value) {
      const next = new Set<number>();
      for (const index of reached) {
        const step = steps[index];
        if (step === undefined) continue;
        if (typeof step === 'object') {
          if (step.literal === character) next.add(index + 1);
        } else if (step === 'anything' || character !== '/') {
          next.add(index);
        }
      }
      if (next.size === 0) return false;
      reached = withSkips(steps, next);
    }
    return reached.has(steps.length);
  };
}

function parse(pattern: string): Step[] {
  return [...pattern.matchAll(/\*{2,}|\*|[^*]/gsu)].map(([text]) => {
    if (text === '*') return 'segment';
    return text.startsWith('*') ? 'anything' : { literal: text };
  });
}

/** A wildcard may stand for nothing. */
function withSkips(steps: readonly Step[], reached: Set<number>): Set<number> {
  // What is added while a set is walked through is walked through as well.
  for (const index of reached) if (typeof steps[index] === 'string') reached.add(index + 1);
  return reached;
}
