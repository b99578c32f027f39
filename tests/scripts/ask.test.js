// "Ask the runs": which numbers are compared, and the claim that tests it, for an experiment of three cells and two seeds.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("elements", "engine/judging", "ask/comparison", "ask/question", "ask/claim")
const {compare, parseEffect} = globalThis.askComparison
const {completed, formatQuestion, nearestCell, parseQuestion} = globalThis.askQuestion
const {claimText} = globalThis.askClaim

const cell = (activation, batch_size, loss) => ({
  experiment: "rates",
  activation,
  batch_size,
  loss,
  path: `rates/${activation}/${batch_size}`,
})
const cells = [cell("relu", 16, "mse"), cell("relu", 64, "mse"), cell("tanh", 64, "cross_entropy")]
const names = ["activation", "batch_size"]

const anyEffect = {
  difference: cells.map(() => [0, null]),
  ratio: cells.map(() => [0, null]),
}

// Numbers by rate (1/4, 1/2, 1) and seed, for each cell.
const runs = {
  experiment: "rates",
  cells,
  seeds: [11, 12],
  rates: [0.25, 0.5, 1],
  batches: [0, 1, 1],
  scaled: {
    linear: [
      [
        [0, 1, 2],
        [2, null, null],
      ], // × 4
      [
        [null, null, 0],
        [0, 1, 2],
      ],
    ],
    sqrt: [
      [
        [0, 1, 2],
        [1, 2, null],
      ], // × 2
      [
        [null, 0, 1],
        [0, 1, 2],
      ],
    ],
  },
  refused: null,
  alpha: 0.05,
  own: [
    [
      [0, 1],
      [2, 2],
      [0, 0],
    ],
  ],
  failed: [[], [5], []],
  failing: 0.2,
  measures: {
    test_accuracy: {
      metric: "test_accuracy",
      threshold: null,
      unit: "points",
      positive: false,
      censored: false,
      allowed: {
        difference: [
          [0.2, null],
          [0.2, null],
          [1, null],
        ],
        ratio: [],
      },
      own: 0,
      numbers: [
        [90, 91, 92, 93, 94, 95],
        [80, 81, 82, 83, 84, 10],
        [70, 71, 72, 73, 74, 75],
      ],
    },
    test_loss: {
      metric: "test_loss",
      threshold: null,
      unit: "loss",
      positive: true,
      censored: false,
      allowed: anyEffect,
      own: 0,
      numbers: [[8, 8, 8, 8, 8, 8], [2, 4, 2, 4, 2, 4], null],
    },
    epochs_to_90: {
      metric: "epochs_to_accuracy",
      threshold: 0.9,
      unit: "epochs",
      positive: true,
      censored: true,
      allowed: anyEffect,
      own: 0,
      numbers: [[1, 2, 3, 4, 5, 6], [1, "Infinity", 3, 4, 5, 6], null],
    },
  },
}
const asked = changes => ({
  of: 0,
  minus: 1,
  measure: "test_accuracy",
  policy: "tuned",
  form: "difference",
  effect: "1",
  ...changes,
})
const differences = changes => compare(runs, asked(changes)).contexts.map(context => context.differences)

test("each policy chooses the rates from which the numbers are", () => {
  assert.deepEqual(differences({}), [[90 - 84, 93 - 10]]) // each arm at its seeds' own rates
  const atThoseOfA = [90 - 80, 93 - 83]
  const atThoseOfB = [94 - 84, 95 - 10]
  assert.deepEqual(differences({policy: "fixed"}), [atThoseOfA, atThoseOfB])
  const linear = compare(runs, asked({policy: "linear"})).contexts // 4 × 1/2 is off the grid, 1/4 × 1 is not
  assert.deepEqual(
    linear.map(({problem}) => problem),
    ["off the grid", undefined],
  )
  const scaledFromA = [90 - 82, 93 - 10] // B at 2 × 1/4 and 2 × 1/2
  const scaledFromB = [92 - 84, 93 - 10] // A at 1/2 × 1
  assert.deepEqual(differences({policy: "sqrt"}), [scaledFromA, scaledFromB])
  const {contexts} = compare(runs, asked({policy: "fixed"}))
  assert.deepEqual(
    contexts.map(({owner}) => owner),
    ["of", "minus"],
  )
})

test("diverged runs and those that never arrive are counted as failed", () => {
  assert.deepEqual(
    compare(runs, asked({})).contexts[0].arms.map(arm => arm.failed),
    [0, 1],
  )
  const slow = structuredClone(runs)
  slow.own = [slow.own[0].map(() => [0, 0])]
  const [never] = compare(slow, asked({measure: "epochs_to_90"})).contexts
  assert.deepEqual(never.differences, [0, Number.NEGATIVE_INFINITY])
  assert.deepEqual(
    never.arms.map(arm => arm.failed),
    [0, 1],
  )
})

test("a ratio is a binary logarithm, and so is its smallest effect", () => {
  const [comparison] = compare(runs, asked({measure: "test_loss", form: "ratio", effect: "2"})).contexts
  assert.deepEqual(comparison.differences, [2, 1])
  assert.equal(comparison.effect, 1)
  assert.equal(comparison.outcome, "undecided") // two seeds have no interval
  assert.equal(comparison.low, Number.NEGATIVE_INFINITY)
})

test("what cannot be compared has a reason", () => {
  const problem = changes => compare(runs, asked(changes)).problem
  assert.equal(problem({minus: 0}), "same cells")
  assert.equal(problem({measure: "test_loss", minus: 2}), "not measured")
  assert.equal(problem({effect: "much"}), "no effect")
  const filled = structuredClone(runs)
  filled.measures.test_loss.numbers[2] = [1, 1, 1, 1, 1, 1]
  assert.equal(compare(filled, asked({measure: "test_loss", minus: 2})).problem, "other losses")
})

test("what a docket would refuse has a reason", () => {
  const reason = (runs, changes) => compare(runs, asked(changes)).untestable
  assert.equal(reason(runs, {}), null)
  assert.equal(reason(runs, {effect: "0.1"}), "too fine")
  assert.equal(reason(runs, {effect: "0.5"}), null)
  assert.equal(reason(runs, {minus: 2, effect: "0.5"}), "too fine") // the third cell has a smaller test set
  const short = structuredClone(runs)
  short.measures.epochs_to_90.allowed = {ratio: cells.map(() => [0.5, 2])}
  const time = {measure: "epochs_to_90", form: "ratio"}
  assert.equal(reason(short, {...time, effect: "1.25"}), "too fine")
  assert.equal(reason(short, {...time, effect: "2"}), null)
  assert.equal(reason(short, {...time, effect: "5"}), "too large an effect")
  assert.equal(reason({...runs, refused: "one rate"}, {effect: "0.1"}), "one rate")
})

test("smallest effects are positive numbers, factors above 1", () => {
  assert.equal(parseEffect("0.5", "points"), 0.5)
  assert.equal(parseEffect("2", "log2"), 1)
  for (const [text, unit] of [
    ["0", "points"],
    ["101", "points"],
    ["1e3", "loss"],
    ["-1", "loss"],
    ["1", "log2"],
  ])
    assert.equal(parseEffect(text, unit), null, text)
})

test("the claim names no setting that it does not need", () => {
  assert.equal(
    claimText(runs, names, asked({policy: "fixed", effect: "0.5"})),
    `- id: my-claim
  statement: {en: "test_accuracy is larger with batch_size 16 than with batch_size 64."}
  experiment: rates
  metric: test_accuracy
  difference: {of: {batch_size: 16}, minus: {batch_size: 64}}
  contexts: {policy: [fixed_of, fixed_minus]}
  where: {activation: relu}
  smallest_effect: 0.5 points`,
  )
  const ratio = claimText(runs, names, asked({measure: "epochs_to_90", form: "ratio", effect: "2"}))
  assert.match(ratio, /threshold: 0.9\n {2}ratio: \{of: \{batch_size: 16\}, over: \{batch_size: 64\}\}/)
  assert.match(ratio, /policy: tuned\}\n {2}smallest_effect: factor 2$/)
})

test("the claim quotes the name of an experiment that YAML would take for something else", () => {
  for (const experiment of ["on", "2024", "a-b"])
    assert.ok(
      claimText({...runs, experiment}, names, asked({})).includes(`\n  experiment: "${experiment}"\n`),
      experiment,
    )
})

test("an address brings the question back", () => {
  const question = asked({measure: "test_loss", form: "ratio", policy: "sqrt", effect: "2"})
  assert.deepEqual(completed(runs, parseQuestion(formatQuestion(runs, question), cells)), question)
  for (const hash of ["", "#x=batch_size", "#ask=rates/relu/16", "#ask=rates/relu/16,nowhere"])
    assert.equal(parseQuestion(hash, cells), null, hash)
})

test("what a question leaves open is as at first", () => {
  assert.deepEqual(completed(runs, {measure: "weather", policy: "none", form: "ratio"}), asked({}))
  assert.equal(completed(runs, {measure: "test_loss", form: "ratio"}).effect, "1.25")
})

test("another value of a setting leads to the cell that is otherwise most alike", () => {
  assert.equal(nearestCell(cells, names, 0, "activation", "tanh"), 2)
  assert.equal(nearestCell(cells, names, 2, "batch_size", 16), 0)
})
