// What gradient descent does in a bowl.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("descent/steps")
const {loss, descend, course, within} = globalThis.descent

test("each step multiplies the weight by one minus rate times curvature", () => {
  assert.deepEqual(descend(8, 0.25, 2, 3), [8, 4, 2, 1])
  assert.deepEqual(descend(8, 0.75, 2, 3), [8, -4, 2, -1])
  assert.deepEqual(descend(8, 0.5, 2, 2), [8, 0, 0])
  for (const curvature of [1, 2, 4]) {
    const [before, after] = descend(6, 0.35, curvature, 1)
    const slope = (loss(curvature, before + 1) - loss(curvature, before - 1)) / 2
    assert.ok(Math.abs(after - (before - 0.35 * slope)) < 1e-12)
  }
})

test("what happens depends on rate times curvature alone, which meets both marks exactly", () => {
  for (const curvature of [1, 2, 4]) {
    const courses = [0.2, 0.7, 1, 1.4, 2, 2.4].map(product => course(product / curvature, curvature))
    assert.deepEqual(courses, ["creeps", "creeps", "arrives", "overshoots", "swings", "diverges"])
  }
})

test("a path that leaves the picture ends at its edge", () => {
  const points = (...losses) => losses.map((loss, i) => [2 * i, loss])
  assert.deepEqual(within([9, 10], points(4, 8, 12, 50)), [...points(4, 8), [3, 10]])
  assert.deepEqual(within([3, 10], points(4, 6, 8)), [...points(4, 6), [3, 7]])
  assert.deepEqual(within([9, 10], points(4, 2)), points(4, 2))
})
