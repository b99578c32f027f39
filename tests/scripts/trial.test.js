// "Try this claim again": the seeds that a reader writes, and arms that are compared with a number.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("elements", "numbers", "trial/seeds", "trial/texts")
const {parseSeeds, seedsText} = globalThis.trialSeeds
const {valueOfArm} = globalThis.trialTexts

test("seeds are numbers and ranges, each once", () => {
  assert.deepEqual(parseSeeds("1001-1003, 7 1002"), [1001, 1002, 1003, 7])
  assert.deepEqual(parseSeeds("5–6"), [5, 6])
})

test("what is not a list of at most 200 seeds is refused", () => {
  for (const text of ["", "a", "3-1", "-1", "1.5", "1-201", "9999999999"]) assert.equal(parseSeeds(text), null, text)
})

test("the text of seeds has ranges, and reads as the same seeds", () => {
  assert.equal(seedsText([1001, 1002, 1003, 7]), "1001-1003, 7")
  assert.deepEqual(parseSeeds(seedsText([4, 5, 9])), [4, 5, 9])
})

test("an arm that is compared with a number has its own value", () => {
  const effect = {estimate: -3, low: -4, high: -2}
  const value = (of, minus, form = "difference") => valueOfArm({form, sides: [of, minus]}, effect)
  assert.deepEqual(value({value: 1}, null), {estimate: 4, low: 3, high: 5})
  assert.deepEqual(value(null, {value: 1}), {estimate: -2, low: -3, high: -1})
  assert.equal(value({value: 0}, null), null)
  assert.equal(value(null, null), null)
  assert.equal(value({value: 1}, null, "slope"), null)
})

test("what is missing of an effect is missing of the value", () => {
  const claim = {form: "difference", sides: [{value: 1}, null]}
  const value = valueOfArm(claim, {estimate: null, low: null, high: 2})
  assert.deepEqual(value, {estimate: Number.NaN, low: -1, high: Number.NaN})
})
