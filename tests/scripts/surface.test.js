// What is said about a reader's path.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("surface/path")
const {extremes, readPath} = globalThis.surfacePath

test("a path is best, worst and farthest below the tuned policy at one of its points", () => {
  const tuned = [95, 96, 80, 99]
  assert.deepEqual(extremes([94, 95, 75, null], tuned), {best: 1, worst: 2, farthest: 2})
  assert.deepEqual(extremes([null, 96, 81, null], tuned), {best: 1, worst: 2, farthest: 1})
})

test("an address names a path only if the map has all of it", () => {
  const choices = {references: [16, 256], rateNames: ["1/8", "1/4"], exponents: [0, 0.5]}
  const path = hash => readPath(hash, choices)
  assert.deepEqual(path("#own-path&from=256&rate=1/4&exponent=0.5"), {from: 1, start: 1, exponent: 0.5})
  const others = ["#own-path", "#own-path&from=17&rate=1/4&exponent=0", "#own-path&from=16&rate=3&exponent=0"]
  for (const hash of [...others, "#own-path&from=16&rate=1/4", "#from=16&rate=1/4&exponent=0", ""])
    assert.equal(path(hash), null, hash)
})
