// The judge of the page: small tables have the outcomes that Python gives, and what Python refuses is refused.
import assert from "node:assert/strict"
import {readFileSync} from "node:fs"
import {test} from "node:test"
import {judgeCase} from "./judge.js"
import {load} from "./load.js"

load("judge/question")
const {commandOf, questionOf, addressOf, recognise} = globalThis.judgeQuestion
const {patterns, read} = globalThis.judgeTable
const lines = readFileSync(new URL("judgements.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
const [rules, ...cases] = lines.map(line => JSON.parse(line))
const LIMITS = {rows: 1000, columns: 10, cells: 1000}
const readTable = text => read(text, LIMITS, patterns(rules))

function assertClose(one, other, name) {
  const [a, b] = [one, other].map(Number)
  assert.ok(a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(b), 1), `${name}: ${one} is not ${other}`)
}

for (const {name, refused, conclusion, contexts, ...asked} of cases)
  test(`${name}: ${refused ? "refused" : conclusion}`, () => {
    const found = judgeCase(asked, rules)
    assert.equal(Boolean(found.refused), Boolean(refused), found.refused)
    if (refused) return
    assert.equal(found.conclusion, conclusion)
    const numbers = []
    const plain = each =>
      JSON.parse(JSON.stringify(each, (key, value) => (key === "numbers" ? numbers.push(value) : value)))
    const withoutNumbers = list =>
      list.map(each => ({
        ...each,
        ways: Object.fromEntries(
          Object.entries(each.ways).map(([way, {outcome, level}]) => [way, [outcome, Number(level.toFixed(9))]]),
        ),
      }))
    assert.deepEqual(plain(withoutNumbers(found.contexts)), plain(withoutNumbers(contexts)))
    for (const [i, {ways}] of contexts.entries())
      for (const [way, each] of Object.entries(ways))
        for (const [j, number] of each.numbers.entries())
          assertClose(found.contexts[i].ways[way].numbers[j], number, `${way} ${j}`)
  })

const TABLE = `config.method,config.seed,depth,summary.accuracy,_step
${[0, 1, 2].flatMap(seed => [1, 2].flatMap(depth => ["baseline", "new"].map(arm => `${arm},${seed},${depth},0.9${seed}${depth},10`))).join("\n")}
`

test("menus start with what a table seems to answer", () => {
  const {effect, ...question} = recognise(readTable(TABLE), patterns(rules))
  assert.equal(effect, "") // only a reader knows it
  assert.deepEqual(question, {
    metric: "accuracy",
    column: "method",
    better: "new",
    other: "baseline",
    failed: "",
    lower: false,
    pair: ["seed"],
    contexts: ["depth"],
  })
})

test("an address brings the question back, as far as the table has it", () => {
  const table = readTable(TABLE)
  const question = {...recognise(table, patterns(rules)), effect: "factor 1.2", failed: "worst=0.1", lower: true}
  const address = addressOf(question, "site")
  assert.deepEqual(questionOf(new URLSearchParams(address.slice(1)), table), question)
  const other = readTable("accuracy,arm\n1,a\n2,b\n")
  const {metric, better, pair} = questionOf(new URLSearchParams(address.slice(1)), other)
  assert.deepEqual([metric, better, pair], ["accuracy", undefined, []])
})

test("the command quotes what a shell or a list would take apart", () => {
  const question = {
    metric: "loss",
    lower: false,
    column: "arm",
    better: "a, b",
    other: "it's",
    pair: [],
    contexts: ["x y"],
  }
  assert.equal(
    commandOf({...question, effect: "0.5 points", failed: "drop"}, "my runs.csv", {}, patterns(rules)),
    `ontrial judge 'my runs.csv' \\
    --metric loss \\
    --higher-is-better \\
    --compare 'arm="a, b",it'\\''s' \\
    --unpaired \\
    --contexts 'x y' \\
    --smallest-effect '0.5 points' \\
    --failed drop`,
  )
})

test("tables that are damaged, too large or of another kind are refused with a reason", () => {
  const term = text => {
    try {
      readTable(text)
    } catch (error) {
      return error.term
    }
  }
  assert.equal(term("a,b\n1,2\n1,2,3\n"), "row length")
  assert.equal(term('a,b\n"1,2\n'), "quotes")
  assert.equal(term('a,b\n"1"x,2\n'), "quotes")
  assert.equal(term("a,a\n1,2\n"), "twice")
  assert.equal(term("a,config\n1,2\n"), "nested")
  assert.equal(term("a,b\n"), "no rows")
  assert.equal(term(" \n"), "no rows")
  assert.equal(term('[{"a": 1}]'), "no CSV")
  assert.equal(term(`a\n${"1\n".repeat(1001)}`), "too long")
  assert.equal(term(`${"a,".repeat(10)}b\n`), "too long")
  assert.equal(term("\uFEFFa;b\r\n1;2\r\n\r\n"), undefined)
})
