// The scores of "Guess first", worked by hand, and what addresses and storage may contain.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("guess/scores", "guess/guesses")
const {baselines, brier, score} = globalThis.guessScores
const {parseClaims, parseGuesses} = globalThis.guessGuesses

const options = {answers: ["supported", "refuted", "depends", "inconclusive"], confidences: [25, 40, 60, 80, 100]}
const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`)

test("the Brier score is the squared error of four probabilities", () => {
  near(brier(1, true, 4), 0)
  near(brier(1, false, 4), 2)
  near(brier(0.25, true, 4), 0.75) // (3/4)² + 3 (1/4)²
  near(brier(0.25, false, 4), 0.75)
  near(brier(0.4, true, 4), 0.48) // (3/5)² + 3 (1/5)²
  near(brier(0.4, false, 4), 0.88) // (2/5)² + (4/5)² + 2 (1/5)²
})

test("a score has accuracy, Brier score, calibration error and the bins of a diagram", () => {
  const guesses = [
    {confidence: 1, right: true},
    {confidence: 1, right: false},
    {confidence: 0.4, right: true},
    {confidence: 0.4, right: false},
    {confidence: 0.4, right: false},
  ]
  const {accuracy, brier, calibrationError, bins} = score(guesses, 4)
  near(accuracy, 2 / 5)
  near(brier, (0 + 2 + 0.48 + 2 * 0.88) / 5)
  near(calibrationError, (2 * 0.5 + 3 * (0.4 - 1 / 3)) / 5)
  assert.deepEqual(bins, [
    {confidence: 0.4, n: 3, right: 1 / 3},
    {confidence: 1, n: 2, right: 0.5},
  ])
})

test("three simple strategies answer the same claims", () => {
  const claims = [
    {verdict: "supported", said: true},
    {verdict: "refuted", said: true},
    {verdict: "depends", said: false},
    {verdict: "supported", said: false},
  ]
  const {supported, chance, sources} = baselines(claims, 4)
  assert.deepEqual(supported, {accuracy: 1 / 2, brier: 1})
  assert.deepEqual(chance, {accuracy: 1 / 4, brier: 3 / 4})
  assert.deepEqual(sources, {accuracy: (1 + 0 + 1 / 4 + 1 / 4) / 4, brier: (0 + 2 + 3 / 4 + 3 / 4) / 4})
})

test("an address names claims, in the order of the page", () => {
  const ids = ["a", "b", "c"]
  assert.deepEqual(parseClaims("#claims=c,a,weather", ids), ["a", "c"])
  assert.deepEqual(parseClaims("#claims=", ids), [])
  assert.equal(parseClaims("#class", ids), null)
  assert.equal(parseClaims("", ids), null)
})

test("what is stored and no guess is ignored", () => {
  const guess = {verdict: "depends", confidence: 60}
  const stored = {a: guess, b: {verdict: "maybe", confidence: 60}, c: {verdict: "depends", confidence: 61}, d: null}
  assert.deepEqual([...parseGuesses(JSON.stringify(stored), options)], [["a", guess]])
  for (const text of [null, "", "null", "3", "{"]) assert.equal(parseGuesses(text, options).size, 0, text)
})
