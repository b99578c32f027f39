// "Try it again": the seeds that a reader writes, and arms that are compared with a number.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("elements", "numbers", "engine/judging", "trial/seeds", "trial/texts", "trial/runs")
const {parseSeeds, seedsText} = globalThis.trialSeeds
const {valueOfArm, createTexts} = globalThis.trialTexts
const {createRuns} = globalThis.trialRuns

test("seeds are numbers and ranges, each once", () => {
  assert.deepEqual(parseSeeds("1001-1003, 7 1002"), [1001, 1002, 1003, 7])
  assert.deepEqual(parseSeeds("5–6"), [5, 6])
})

test("what is not a list of at most 200 seeds is refused", () => {
  for (const text of ["", "a", "3-1", "-1", "1.5", "1-201", "9999999999"]) assert.equal(parseSeeds(text), null, text)
})

test("the text of seeds has ranges, and reads as the same seeds", () => {
  assert.equal(seedsText([1001, 1002, 1003, 7]), "1001-1003, 7")
  assert.deepEqual(parseSeeds(seedsText([4, 5, 9])), [4, 5, 9])
})

test("an arm that is compared with a number has its own value", () => {
  const effect = {estimate: -3, low: -4, high: -2}
  const value = (of, minus, form = "difference") => valueOfArm({form, sides: [of, minus]}, effect)
  assert.deepEqual(value({value: 1}, null), {estimate: 4, low: 3, high: 5})
  assert.deepEqual(value(null, {value: 1}), {estimate: -2, low: -3, high: -1})
  assert.equal(value({value: 0}, null), null)
  assert.equal(value(null, null), null)
  assert.equal(value({value: 1}, null, "slope"), null)
})

test("what is missing of an effect is missing of the value", () => {
  const claim = {form: "difference", sides: [{value: 1}, null]}
  const value = valueOfArm(claim, {estimate: null, low: null, high: 2})
  assert.deepEqual(value, {estimate: Number.NaN, low: -1, high: Number.NaN})
})

test("the page says whether the reader's seeds agree with the study, even if they decide nothing", () => {
  const trial = {unit: "points", smallestEffect: 1, form: "difference", sides: [null, null]}
  const words = {
    few: "few",
    within: "within",
    outside: "outside",
    open: "open",
    agrees: "agrees",
    disagrees: "disagrees",
  }
  const {agreement} = createTexts(trial, words)
  const zeros = new Array(7).fill(0)
  const said = (values, estimate, outcome) => {
    const sample = engine.sampleOf(trial, [values, zeros])
    return agreement({estimate, outcome}, engine.interval(sample), sample)
  }
  const near = [0.9, 1, 1.001, 0.97, 1.08, 1.02, 0.98] // whose interval has the smallest effect within it
  assert.equal(said(near, 1, "positive"), "within")
  assert.equal(said(near, 3, "positive"), "outside")
  assert.equal(said(near, Number.POSITIVE_INFINITY, "positive"), "few")
  assert.equal(said(near, 1, "undecided"), "within")
  const small = [0, 0.1, 0.2, 0.1, 0, 0.1, 0.2]
  assert.equal(said(small, 0.1, "negligible"), "agrees")
  assert.equal(said(small, 0.1, "below"), "agrees")
  assert.equal(said(small, 3, "positive"), "disagrees")
  assert.equal(said(small, 0.1, "undecided"), "open")
})

// A trial of two arms whose networks take a turn each, and end with an accuracy that says their arm and seed.
function makeRuns() {
  const arm = cell => ({cell, rate: cell + 1})
  const trial = {
    contexts: [{arms: [arm(0), arm(1)], positions: []}],
    cells: [0, 1].map(offset => ({offset, work: 1000, guess: {accuracy: 0.1}})),
    form: "difference",
    spread: false,
    sides: [null, null],
    metric: "test_accuracy",
    speed: 500,
  }
  const trained = []
  const trainer = {
    workers: [],
    load: async () => {},
    lanes: () => [null],
    stop() {},
    async *train({cell, rate, seed}) {
      trained.push([seed, rate])
      yield {test_accuracy: 0.9 - seed / 100 - cell.offset / 10, diverged: false}
    },
  }
  return {runs: createRuns(trial, trainer), trained}
}

test("seeds are complete once both arms are trained, each at its usual rate or at a given one", async () => {
  const {runs, trained} = makeRuns()
  assert.equal(runs.estimate(0, 3), 12) // seconds of six networks
  const left = []
  const completed = await runs.train(0, [{seed: 1}, {seed: 2, rates: [8, 9]}], (completed, networks) =>
    left.push([networks, completed.size]),
  )
  assert.deepEqual(trained.flat(), [1, 1, 1, 2, 2, 8, 2, 9])
  assert.deepEqual(left.flat(), [3, 0, 2, 1, 1, 1, 0, 2])
  for (const [seed, results] of completed) runs.results[0].set(seed, results)
  const {seeds, arms, sample} = runs.sample(0, [2, 3, 1])
  assert.deepEqual(seeds, [2, 1])
  assert.deepEqual(arms, [
    [88, 89],
    [78, 79],
  ])
  assert.deepEqual(sample.values.map(Math.round), [10, 10]) // percentage points between the arms
  assert.equal(runs.isTraining(), false)
})

test("what is half trained when the reader stops is lost", async () => {
  const {runs, trained} = makeRuns()
  const training = runs.train(0, [{seed: 1}, {seed: 2}], (_, left) => left === 1 && runs.stop())
  assert.equal(runs.isTraining(), true)
  assert.equal(await training, null)
  assert.equal(trained.length, 3)
  assert.equal(runs.isTraining(), false)
})
