// The score of guesses, worked by hand, and what addresses and storage may contain.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("guess/guesses", "guess/scores")
const {score} = globalThis.guessScores
const {parseGuesses, parseResult, replyTo} = globalThis.guessGuesses

const claim = (id, verdict, guessed, confidence) => ({id, verdict, guess: {verdict: guessed, confidence}})

test("a score counts right guesses, and says what fooled most and how sure the reader was", () => {
  const {fooled, ...rest} = score(
    [
      claim("a", "supported", "supported", 90),
      claim("b", "refuted", "supported", 60),
      claim("c", "depends", "refuted", 90),
      claim("d", "inconclusive", "refuted", 90),
      claim("e", "supported", "supported"), // of an earlier version, which did not always ask how sure
    ],
    [33, 60, 90],
  )
  const calibration = {confidence: 80, right: 100 / 3}
  assert.deepEqual(rest, {of: 4, right: 2, supported: 2, calibration, points: -38, rival: 0})
  const ids = wrong => wrong.map(({id}) => id)
  assert.deepEqual(ids(fooled), ["b"]) // half right is not fooled
  const wrong = [claim("a", "refuted", "supported", 60), claim("b", "refuted", "supported", 90)]
  assert.deepEqual(ids(score(wrong, [60]).fooled), ["b", "a"])
})

test("guesses that do not say how sure they are have no calibration", () => {
  const {calibration, points} = score([claim("a", "supported", "refuted")], [60])
  assert.deepEqual([calibration, points], [null, null])
  assert.equal(score([], [60]).of, 0)
})

test("a right guess gets 1 − 3/2 of its quadratic error, and always the same answer is no way to win", () => {
  // 60% on the right one of three: 0.4² + 2 × 0.2² = 0.24, so 100 (1 − 0.36) = 64. On a wrong one: 0.6² + 0.8² + 0.2² = 1.04
  assert.equal(score([claim("a", "depends", "depends", 60)], [60]).points, 64)
  assert.equal(score([claim("a", "depends", "refuted", 60)], [60]).points, -56)
  const verdicts = ["depends", "depends", "depends", "supported", "refuted"]
  for (const confidence of [33, 60, 90]) {
    const always = score(
      verdicts.map((verdict, i) => claim(String(i), verdict, "depends", confidence)),
      [33, 60, 90],
    )
    assert.ok(always.points <= always.rival)
  }
  const knowing = score(
    verdicts.map((verdict, i) => claim(String(i), verdict, verdict, 60)),
    [33, 60, 90],
  )
  assert.ok(knowing.points > knowing.rival)
})

test("nobody gains by stating another confidence than their own", () => {
  const stated = [33, 50, 60, 75, 90, 100]
  for (const own of stated) {
    const expected = confidence =>
      [..."x".repeat(100)]
        .map((_, i) => score([claim("a", i < own ? "depends" : "refuted", "depends", confidence)], [60]).points)
        .reduce((total, points) => total + points)
    assert.equal(Math.max(...stated.map(expected)), expected(own))
  }
})

test("an open verdict makes no guess right or wrong", () => {
  assert.equal(replyTo("depends", "depends"), "right")
  assert.equal(replyTo("depends", "refuted"), "wrong")
  assert.equal(replyTo("supported", "refuted"), "wrong")
  assert.equal(replyTo("depends", "inconclusive"), "open")
})

test("true and false are half of the answer where it depends", () => {
  for (const guess of ["supported", "refuted"]) assert.equal(replyTo(guess, "depends"), "partly")
})

const ids = ["a", "b", "c"]

test("an address has a result only if these claims can have it", () => {
  assert.deepEqual(parseResult("#right=2&of=3&fooled=b", ids), {
    ...{right: 2, of: 3, fooled: "b"},
    ...{points: null, rival: null},
  })
  assert.equal(parseResult("#right=2&of=3&points=-12&rival=16", ids).points, -12)
  assert.equal(parseResult("#right=2&of=3&points=101&rival=<b>", ids).points, null)
  assert.deepEqual(parseResult("#right=0&of=1&fooled=weather", ids), {
    ...{right: 0, of: 1, fooled: null},
    ...{points: null, rival: null},
  })
  for (const hash of [
    "",
    "#right=2",
    "#right=3&of=2",
    "#right=1&of=4",
    "#right=0&of=0",
    "#right=-1&of=2",
    "#right=&of=2",
  ])
    assert.equal(parseResult(hash, ids), null, hash)
})

test("what is stored and no guess is ignored", () => {
  const kept = {a: {verdict: "depends", confidence: 60}, b: {verdict: "supported"}}
  const stored = {...kept, c: {verdict: "maybe", confidence: 60}, d: {verdict: "depends", confidence: "61%"}, e: null}
  assert.deepEqual(Object.fromEntries(parseGuesses(JSON.stringify(stored))), kept)
  for (const text of [null, "", "null", "3", "{"]) assert.equal(parseGuesses(text).size, 0, text)
})
