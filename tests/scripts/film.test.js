// What films compute with the engine, worked by hand, and how they say it.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("elements", "plane", "charts", "engine/formulas", "engine/network", "networks", "film/reel", "film/screens")
const {floats, compute, facts} = globalThis.filmReel
const {unitSide} = globalThis.filmScreens

const close = (actual, expected) => assert.ok(Math.abs(actual - expected) <= 1e-6, `${actual} is not ${expected}`)

test("weights come as base64 of little-endian float32", () => {
  const text = Buffer.from(Float32Array.of(1, -0.5, 0.25).buffer).toString("base64")
  assert.deepEqual([...floats(text)], [1, -0.5, 0.25])
})

test("a network with one hidden unit is computed as by hand", () => {
  const arm = {layers: [2, 1, 1], activation: "relu", output: "sigmoid"}
  // z = 2x − y + 1, a = max(z, 0), p = 1 / (1 + e^−(3a − 1))
  const weights = Float32Array.of(2, -1, 1, 3, -1)
  const {hidden, p} = compute(arm, weights, Float32Array.of(0, 0, -1, 0))
  assert.deepEqual([...hidden[0]], [1, 0])
  close(p[0], 1 / (1 + Math.exp(-2)))
  close(p[1], 1 / (1 + Math.exp(1)))
})

test("softmax of two classes gives the probability of the second", () => {
  const arm = {layers: [2, 2], activation: "identity", output: "softmax"}
  const {hidden, p} = compute(arm, Float32Array.of(1, 0, 0, 1, 0, 0), Float32Array.of(3, 1))
  assert.deepEqual(hidden, [])
  close(p[0], Math.exp(1) / (Math.exp(3) + Math.exp(1)))
})

test("points are computed a few at a time, and each has its own outputs", () => {
  const arm = {layers: [2, 2, 1], activation: "identity", output: "sigmoid"}
  const points = Float32Array.from({length: 300}, (_, i) => i) // x = 2i, y = 2i + 1; the units are y and x
  const {hidden, p} = compute(arm, Float32Array.of(0, 1, 1, 0, 0, 0, 1, -1, 0), points)
  assert.deepEqual([...hidden[0].slice(0, 4), ...hidden[0].slice(-2)], [1, 0, 3, 2, 299, 298])
  for (const value of p) close(value, 1 / (1 + Math.exp(-1)))
})

test("facts are those of the frame, and an arm that diverged says so from then on", () => {
  const words = {accuracy: "accuracy {value}", loss: "loss {value}", dead: "dead {value}", percent: "{value}%"}
  const arm = {
    weights: [new Float32Array(1), new Float32Array(1), null],
    test_accuracy: [0.5, 0.96, null],
    train_loss: [0.7, 0.123456, null],
    dead_units: [null, 0, null],
  }
  const said = frame => facts(arm, frame, {...words, diverged: "diverged"})
  assert.deepEqual([0, 1, 2, 9].map(said), [
    "accuracy 50.0% · loss 0.700",
    "accuracy 96.0% · loss 0.123 · dead 0.0%",
    "diverged",
    "diverged",
  ])
})

test("maps of units are as large as their box allows", () => {
  assert.equal(unitSide([4], 400, 150), 72) // the largest
  assert.equal(unitSide([8], 400, 150), 72) // in two rows
  assert.equal(unitSide([16, 16], 400, 150), 36) // 144 pixels without the gap, in 2 × 2 rows of 11
  assert.equal(unitSide([8, 8, 8, 8, 8, 8], 400, 150), 20) // 120 pixels without the gaps, in 6 rows
})
