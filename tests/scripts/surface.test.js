// What is said about a reader's path.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("surface/path")
const {extremes} = globalThis.surfacePath

test("a path is best, worst and farthest below the tuned policy at one of its points", () => {
  const tuned = [95, 96, 80, 99]
  assert.deepEqual(extremes([94, 95, 75, null], tuned), {best: 1, worst: 2, farthest: 2})
  assert.deepEqual(extremes([null, 96, 81, null], tuned), {best: 1, worst: 2, farthest: 1})
})
