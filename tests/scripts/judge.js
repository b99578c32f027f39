// What the page says of a table and a question: its verdict, or the term of its refusal.
import {load} from "./load.js"

load(
  "elements",
  "numbers",
  "engine/random",
  "engine/statistics",
  "judge/verdict",
  "judge/table",
  "judge/rows",
  "judge/report",
)
const {Refusal, patterns, read} = globalThis.judgeTable
const {measure} = globalThis.judgeRows

/** Return the numbers of a verdict, and its texts if there are words. */
export function judgeCase({table, question, words}, rules) {
  const found = patterns(rules)
  try {
    const evidence = measure(read(table, {rows: 1e5, columns: 1e3, cells: 2e6}, found), question, found, 100)
    const judged = globalThis.judgeVerdict.decide(evidence.contexts)
    const contexts = judged.contexts.map(({settings, n, outcome, decidedBy, byWay}) => {
      const ways = Object.entries(byWay).map(([way, each]) => [
        way,
        {outcome: each.outcome, level: each.level, numbers: [each.estimate, each.low, each.high].map(String)},
      ])
      return {settings, n, outcome, decidedBy, ways: Object.fromEntries(ways)}
    })
    const texts = words && globalThis.judgeReport.reportOf(question, evidence, judged, words)
    return {conclusion: judged.conclusion, contexts, texts}
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return {refused: error.term}
  }
}
