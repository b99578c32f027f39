// The networks that the films compute: each formula against its definition, one network by hand.
import assert from "node:assert/strict"
import {readFileSync} from "node:fs"
import {test} from "node:test"
import {runInThisContext} from "node:vm"

// The script stops after its networks where a page has no films.
globalThis.document = {querySelector: () => null}
globalThis.matchMedia = () => ({matches: false})
const script = new URL("../../docs/theme/overrides/assets/film.js", import.meta.url)
runInThisContext(readFileSync(script, "utf8"))
const {ACTIVATIONS, numbers, outputs} = globalThis.filmNetworks

const close = (actual, expected, tolerance = 1e-6) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`)

test("activations have their known values", () => {
  const known = {
    identity: [-2, -2],
    sigmoid: [-2, 0.11920292],
    tanh: [-2, -0.96402758],
    relu: [-2, 0],
    leaky_relu: [-2, -0.02],
    elu: [-2, -0.86466472],
    gelu: [-2, -0.04550026],
    silu: [-2, -0.23840584],
    softplus: [-2, 0.12692801],
  }
  for (const [name, [z, a]] of Object.entries(known)) close(ACTIVATIONS[name](z), a)
})

test("softplus and sigmoid do not overflow", () => {
  assert.equal(ACTIVATIONS.softplus(1000), 1000)
  assert.equal(ACTIVATIONS.softplus(-1000), 0)
  assert.equal(ACTIVATIONS.sigmoid(-1000), 0)
  assert.equal(ACTIVATIONS.sigmoid(1000), 1)
})

test("weights come as base64 of little-endian float32", () => {
  const text = Buffer.from(Float32Array.of(1, -0.5, 0.25).buffer).toString("base64")
  assert.deepEqual([...numbers(text)], [1, -0.5, 0.25])
})

test("a network with one hidden unit is computed as by hand", () => {
  const arm = {layers: [2, 1, 1], activation: "relu", output: "sigmoid"}
  // z = 2x − y + 1, a = max(z, 0), p = 1 / (1 + e^−(3a − 1))
  const weights = Float32Array.of(2, -1, 1, 3, -1)
  const [hidden, p] = outputs(arm, weights, Float32Array.of(0, 0, -1, 0))
  assert.deepEqual([...hidden], [1, 0])
  close(p[0], 1 / (1 + Math.exp(-2)))
  close(p[1], 1 / (1 + Math.exp(1)))
})

test("softmax of two classes gives the probability of the second", () => {
  const arm = {layers: [2, 2], activation: "identity", output: "softmax"}
  const weights = Float32Array.of(1, 0, 0, 1, 0, 0)
  const [p] = outputs(arm, weights, Float32Array.of(3, 1))
  close(p[0], Math.exp(1) / (Math.exp(3) + Math.exp(1)))
})
