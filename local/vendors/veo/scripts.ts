import type { ScriptRule } from './script-rule.ts';

interface Entry {
  rule: ScriptRule;
  matched: number;
  times: number;
}

/** A rule and how it stands. */
export interface ScriptEntry {
  rule: ScriptRule;
  /** Submits it has applied to. */
  matched: number;
  /** Submits it will still apply to; null without end. */
  remaining: number | null;
}

/**
 * The rules in force. A submit takes the first rule, in the order they came, that matches and is not used up; rules for
 * an exact prompt go before all others and are found without looking at the rest, so there may be thousands.
 */
export class Scripts {
  #entries: Entry[] = [];
  #byPrompt = new Map<string, Entry[]>();
  #general: Entry[] = [];

  add(rules: ScriptRule[]): void {
    for (const rule of rules) {
      const prompt = rule.match?.prompt;
      const entry = { rule, matched: 0, times: rule.times ?? (prompt === undefined ? Number.POSITIVE_INFINITY : 1) };
      this.#entries.push(entry);
      if (prompt === undefined) this.#general.push(entry);
      else this.#byPrompt.set(prompt, [...(this.#byPrompt.get(prompt) ?? []), entry]);
    }
  }

  /** The rule for a submit, counted as used; undefined when none applies. */
  take(submit: { prompt: string; model: string }): ScriptRule | undefined {
    const applies = ({ rule: { match }, matched, times }: Entry) =>
      matched < times &&
      (match?.model === undefined || match.model === submit.model) &&
      (match?.promptIncludes === undefined || submit.prompt.includes(match.promptIncludes));
    const entry = this.#byPrompt.get(submit.prompt)?.find(applies) ?? this.#general.find(applies);
    if (entry) entry.matched++;
    return entry?.rule;
  }

  list(): ScriptEntry[] {
    return this.#entries.map(({ rule, matched, times }) => ({
      rule,
      matched,
      remaining: Number.isFinite(times) ? times - matched : null,
    }));
  }

  clear(): void {
    this.#entries = [];
    this.#byPrompt.clear();
    this.#general = [];
  }
}
