// Products in WebAssembly are those in JavaScript.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("engine/random", "engine/formulas", "engine/network")
const {engine} = globalThis
const plain = engine.memory
load("engine/products")
const fast = engine.memory

/** Return A B, with A transposed or one row of A and B repeated if asked, and the array after it. */
function product(memory, numbers, {rows, inner, columns, strides}) {
  const [aRow, aInner, bInner] = strides
  const {array, multiply} = memory([rows * inner, inner * columns, rows * columns, 4])
  const [A, B, C, other] = [array(rows * inner), array(inner * columns), array(rows * columns), array(4)]
  A.set(numbers.slice(0, A.length))
  B.set(numbers.slice(-B.length))
  multiply(A, aRow, aInner, B, bInner, C, rows, inner, columns)
  return [[...C], [...other]]
}

test("products of all shapes are the same, and no other number changes", () => {
  assert.notEqual(plain, fast)
  for (let rows = 1; rows <= 9; rows++)
    for (const inner of [1, 2, 7, 33])
      for (let columns = 1; columns <= 13; columns++) {
        const numbers = Float32Array.from({length: 33 * 13 + rows}, (_, i) => Math.sin(i * rows + columns) / 3)
        const asStored = [inner, 1, columns]
        const transposed = [1, rows, columns]
        const repeated = [1, 0, 0]
        for (const strides of [asStored, transposed, repeated]) {
          const shape = {rows, inner, columns, strides}
          const [[received, others], [expected, untouched]] = [fast, plain].map(each => product(each, numbers, shape))
          assert.deepEqual(others, untouched)
          for (const [i, number] of expected.entries())
            assert.ok(Math.abs(received[i] - number) < 1e-5, `${JSON.stringify(shape)}: ${received[i]}, ${number}`)
        }
      }
})

test("many networks, one after the other, find room", () => {
  const architecture = {layers: [2, 4], activation: "relu", output: "softmax", loss: "cross_entropy"}
  for (let i = 0; i < 5_000; i++) new engine.Network({...architecture, initialisation: "he"}, 64)
})
