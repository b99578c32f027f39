// The readers' own paths: rates are rounded to the grid, a path may leave it, and what is said about a path.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

globalThis.document = {querySelector: () => null}
load("surface")
const {extremes, nearest, pathOf} = globalThis.surfaceFunctions

const octaves = [1 / 8, 1 / 4, 1 / 2, 1]

test("a rate is rounded to the nearest of the grid in octaves, in the middle to the smaller", () => {
  assert.equal(nearest(octaves, 1 / 4), 1)
  assert.equal(nearest(octaves, 0.35), 1)
  assert.equal(nearest(octaves, 0.36), 2)
  assert.equal(nearest(octaves, Math.SQRT1_2 / 2), 1) // between 1/4 and 1/2
  assert.equal(nearest([0.1, 1, 10], 3), 1)
})

test("a rate more than half a step beyond either end is off the grid", () => {
  assert.equal(nearest(octaves, Math.SQRT2), 3)
  assert.equal(nearest(octaves, 1.5), null)
  assert.equal(nearest(octaves, 0.09), 0)
  assert.equal(nearest(octaves, 0.08), null)
  assert.equal(nearest([0.5], 0.5), 0)
  assert.equal(nearest([0.5], 0.51), null)
})

test("a path starts from the reference, and grows with a power of the batch size", () => {
  const data = {rates: octaves, samples: [1, 4, 16, 64, 1150], full: Array(5).fill(false), reference: 2}
  assert.deepEqual(pathOf(data, 1, 0), [1, 1, 1, 1, 1])
  assert.deepEqual(pathOf(data, 1, 0.5), [null, 0, 1, 2, null]) // × 1/4, 1/2, 1, 2, 8.5
  assert.deepEqual(pathOf(data, 1, 0.25), [0, 0, 1, 1, 3]) // × 1/2, 0.71, 1, 1.41, 2.9
  assert.deepEqual(pathOf(data, 1, 1), [null, null, 1, 3, null])
  assert.deepEqual(pathOf(data, 3, -0.5), [null, null, 3, 2, 0])
})

test("no rate is scaled to a full batch", () => {
  const data = {rates: octaves, samples: [16, 64, 128], full: [false, false, true], reference: 0}
  assert.deepEqual(pathOf(data, 1, 0), [1, 1, 1])
  assert.deepEqual(pathOf(data, 1, 0.25), [1, 1, null])
})

test("a path is best, worst and farthest below the tuned policy at one of its points", () => {
  const tuned = [95, 96, 80, 99]
  assert.deepEqual(extremes([94, 95, 75, null], tuned), {best: 1, worst: 2, farthest: 2})
  assert.deepEqual(extremes([null, 96, 81, null], tuned), {best: 1, worst: 2, farthest: 1})
})
