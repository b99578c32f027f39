// The drawing of a network in the playground: its columns, places and lines, worked by hand.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("elements", "squares", "plane", "networks", "playground/diagram")
const {columnsOf, placesOf, linesOf, towardsPlane} = globalThis.playgroundDiagram

test("two inputs have a column, outputs only if they are not drawn as a plane, and wide layers show eight units", () => {
  assert.deepEqual(columnsOf([2, 32, 4, 2]), [
    {n: 2, shown: 2},
    {n: 32, shown: 8},
    {n: 4, shown: 4},
  ])
  assert.deepEqual(columnsOf([64, 16, 10]), [
    {n: 16, shown: 8},
    {n: 10, shown: 10},
  ])
  assert.deepEqual(columnsOf([2, 2]), [{n: 2, shown: 2}])
})

test("units of a column are apart, around the middle, and within the drawing", () => {
  const {places, side} = placesOf(columnsOf([64, 32, 32, 10]), 300, 200)
  for (const centres of places) {
    const tops = centres.map(([, y]) => y)
    assert.ok(tops.every((y, i) => i === 0 || y - tops[i - 1] >= side))
    assert.ok(tops[0] >= side / 2 && tops.at(-1) <= 200 - side / 2)
    assert.equal(tops[0] + tops.at(-1), 200 - 16)
  }
})

test("weights are between units, without biases, and lines are relative to the largest", () => {
  const parameters = Float32Array.of(1, -2, 4, 0, 9, 9, 3, 5, 9) // two inputs, two units, one output
  const [first, last] = globalThis.networks.layersOf([2, 2, 1], parameters).map(({weights}) => weights)
  assert.deepEqual(linesOf(first, 2, 2), [
    [0, 0, 0.25],
    [0, 1, -0.5],
    [1, 0, 1],
    [1, 1, 0],
  ])
  assert.deepEqual(linesOf(first, 1, 1), [[0, 0, 1]]) // of the units that are shown
  assert.deepEqual(towardsPlane(last), [[3], [5]])
  assert.deepEqual(towardsPlane([Float32Array.of(1, 3)]), [[2]]) // towards the second class
})
