// The score of guesses, worked by hand, and what addresses and storage may contain.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("guess/guesses", "guess/scores")
const {score} = globalThis.guessScores
const {parseGuesses, parseResult, replyTo} = globalThis.guessGuesses

const claim = (id, verdict, guessed, confidence) => ({id, verdict, guess: {verdict: guessed, confidence}})

test("a score counts right guesses, and says what fooled most and how sure the reader was", () => {
  const {fooled, ...rest} = score([
    claim("a", "supported", "supported", 90),
    claim("b", "refuted", "supported", 60),
    claim("c", "depends", "refuted", 90),
    claim("d", "inconclusive", "refuted", 90),
    claim("e", "supported", "supported"), // on the home page, which does not ask how sure
  ])
  assert.deepEqual(rest, {of: 4, right: 2, supported: 2, calibration: {confidence: 80, right: 100 / 3}})
  assert.deepEqual(
    fooled.map(({id}) => id),
    ["c", "b"],
  )
})

test("guesses that do not say how sure they are have no calibration", () => {
  assert.equal(score([claim("a", "supported", "refuted")]).calibration, null)
  assert.equal(score([]).of, 0)
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
  assert.deepEqual(parseResult("#right=2&of=3&fooled=b", ids), {right: 2, of: 3, fooled: "b"})
  assert.deepEqual(parseResult("#right=0&of=1&fooled=weather", ids), {right: 0, of: 1, fooled: null})
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
