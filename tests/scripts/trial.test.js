// "Try it again": the samples of a reader, what they say of the study, and arms that are compared with a number.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("elements", "numbers", "engine/statistics", "engine/judging", "trial/texts", "trial/runs")
const {valueOfArm, createTexts} = globalThis.trialTexts
const {createRuns} = globalThis.trialRuns

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

test("an interval in words has its own level, or that of the reader", () => {
  const trial = {unit: "points", smallestEffect: 1, form: "difference", sides: [null, {value: 1}]}
  const words = {interval: "{effect} ({level}: {low} to {high})", level: "95%", quantity: "{}", value: "{}"}
  const {effectText} = createTexts(trial, words)
  const effect = {estimate: 2, low: 1, high: 4}
  assert.match(effectText(effect), /\(95%: /)
  assert.match(effectText({...effect, level: "90%"}), /\(90%: /)
})

test("seeds agree with the study only if the outcomes are equal and the intervals overlap", () => {
  const trial = {unit: "points", smallestEffect: 1, form: "difference", sides: [null, null]}
  const names = ["agrees", "size", "compatible", "disagrees", "open", "undecided", "rates"]
  const {agreement} = createTexts(trial, Object.fromEntries(names.map(name => [name, name])))
  const said = (values, [low, high], outcome, variesRates = false) => {
    const sample = engine.sampleOf(trial, [values, values.map(() => 0)])
    return agreement({published: {low, high, outcome}, variesRates}, engine.interval(sample), sample)
  }
  const large = [40, 44, 46, 45, 47, 43] // 40 to 47
  assert.equal(said(large, [38, 41], "positive"), "agrees")
  assert.equal(said(large, [38, 41], "positive", true), "agrees")
  assert.equal(said(large, [38, Number.POSITIVE_INFINITY], "positive"), "agrees")
  assert.equal(said(large, [30, 38], "positive"), "size")
  assert.equal(said(large, [30, 38], "positive", true), "size rates")
  assert.equal(said(large, [-9, -3], "reversed", true), "disagrees rates")
  assert.equal(said(large, [0.5, 48], "undecided"), "open")
  const small = [0, 0.1, 0.2, 0.1, 0, 0.1, 0.2]
  assert.equal(said(small, [0.1, 0.3], "negligible"), "agrees")
  assert.equal(said(small, [-3, 0.3], "below"), "compatible")
  assert.equal(said(small, [2, 4], "positive"), "disagrees")
})

test("seeds that decide nothing, such as five of them, neither agree nor disagree", () => {
  const trial = {unit: "points", smallestEffect: 1, form: "difference", sides: [null, null]}
  const {agreement} = createTexts(trial, {undecided: "undecided"})
  for (const values of [[46], [46, 46, 46, 46, 46], [0.9, 1, 1.001, 0.97, 1.08, 1.02, 0.98]]) {
    const sample = engine.sampleOf(trial, [values, values.map(() => 0)])
    for (const outcome of ["positive", "undecided", "reversed"]) {
      const context = {published: {low: 0.9, high: 50, outcome}, variesRates: true}
      assert.equal(agreement(context, engine.interval(sample), sample), "undecided")
    }
  }
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
  const {arms, values} = runs.sample(0, runs.declare(0, [1, 2]))
  assert.deepEqual(arms, [
    [89, 88],
    [79, 78],
  ])
  assert.deepEqual(values.map(Math.round), [10, 10]) // percentage points between the arms
  assert.equal(runs.isTraining(), false)
})

test("a sample is declared before it is trained, shown once it is whole, and shares no seed with another", () => {
  const {runs} = makeRuns()
  const complete = seed => runs.results[0].set(seed, [{number: 90}, {number: 80}])
  assert.deepEqual(runs.declare(0, [1, 2]), [1, 2])
  complete(1)
  assert.equal(runs.sample(0, [1, 2]), null)
  complete(2)
  assert.deepEqual(runs.sample(0, [1, 2]).values, [10, 10])
  assert.equal(runs.sample(0, [1]), null) // chosen after looking
  assert.deepEqual(runs.declare(0, [1, 2]), [1, 2])
  assert.deepEqual(runs.declare(0, [2, 3, 4]), [3, 4, 5])
  assert.equal(runs.seen(0), 1)
  for (const seed of [3, 4, 5]) complete(seed)
  assert.equal(runs.seen(0), 2)
  assert.deepEqual(runs.declare(0, [9, 10]), [9, 10])
})

test("what is half trained when the reader stops is lost", async () => {
  const {runs, trained} = makeRuns()
  const training = runs.train(0, [{seed: 1}, {seed: 2}], (_, left) => left === 1 && runs.stop())
  assert.equal(runs.isTraining(), true)
  assert.equal(await training, null)
  assert.equal(trained.length, 3)
  assert.equal(runs.isTraining(), false)
})
