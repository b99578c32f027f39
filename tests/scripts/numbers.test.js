// Numbers and effects as the pages of claims write them, and ticks of axes.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

load("numbers")
const {axisOf, decimals, effectTexts, exact, general, significant, ticks, tickText} = globalThis.numbers

const words = {
  tiny: 1 / 20,
  about: "about {}",
  opposite: "{} in the opposite direction",
  claimed: "{} in the claimed direction",
  never: "{}, never",
  missing: "no finite estimate",
}
const textsOf = (estimate, low, high, isLog2 = true) => {
  const texts = effectTexts({estimate, low, high}, isLog2 ? "log2" : "loss", 1, text => `× ${text}`, words)
  return [texts.effect, texts.low, texts.high, texts.interval]
}

test("a ratio below 1 is inverted, and said to be in the opposite direction", () => {
  assert.deepEqual(textsOf(1, 0.5, 2), ["× 2.00", "1.41", "4.00", "interval"])
  assert.deepEqual(textsOf(-1, -2, -0.5), ["× 2.00 in the opposite direction", "1.41", "4.00", "interval"])
  const [, low, high] = textsOf(-0.5, -1, 0.5)
  assert.deepEqual([low, high], ["1.41 in the claimed direction", "2.00"])
  assert.equal(textsOf(-1, -2, -0.5, false)[0], "× −1.00")
})

test("an effect much smaller than what matters is about none", () => {
  assert.equal(textsOf(-0.01, -1, Number.POSITIVE_INFINITY)[0], "× about 1")
  assert.deepEqual(textsOf(-0.01, -1, 1), ["× 0.993", "0.500", "2.00", "interval"])
  assert.equal(textsOf(-0.01, -1, 1, false)[0], "× about 0")
})

test("an interval says which end has no bound", () => {
  const {NEGATIVE_INFINITY, POSITIVE_INFINITY} = Number
  assert.equal(textsOf(-2, -3, POSITIVE_INFINITY)[3], "interval to")
  assert.equal(textsOf(2, 1, POSITIVE_INFINITY)[3], "interval from")
  assert.equal(textsOf(-2, -3, null, false)[3], "interval from")
  assert.equal(textsOf(null, NEGATIVE_INFINITY, POSITIVE_INFINITY)[3], "interval without ends")
})

test("what never arrived is infinite, and has no interval", () => {
  const {NEGATIVE_INFINITY: endless} = Number
  assert.deepEqual(textsOf(endless, endless, endless), ["× ∞ in the opposite direction, never", "∞", "∞", null])
})

test("without a finite estimate there is no number", () => {
  assert.equal(textsOf(null, null, null)[0], "no finite estimate")
  assert.equal(textsOf(Number.NaN, -1, 1)[0], "no finite estimate")
})

test("numbers have the digits that pages give them", () => {
  const texts = {1.2: "1.20", 12345: "12,300", 0.00012345: "0.000123", 0: "0", 0.000012345: "1.23 × 10⁻⁵"}
  for (const [number, text] of Object.entries(texts)) assert.equal(significant(Number(number)), text)
  assert.equal(significant(-1e7), "−1.00 × 10⁷")
  assert.equal(significant(9.996), "10.0")
  assert.equal(significant(Number.NEGATIVE_INFINITY), "−∞")
  assert.equal(significant(Number.NaN), "–")
})

test("ties have an even last digit, as in Python, and large numbers separators", () => {
  assert.deepEqual(
    [0.25, 0.75, -0.25, 0.35, 6223.25].map(number => decimals(number)),
    ["0.2", "0.8", "−0.2", "0.3", "6,223.2"],
  )
  assert.deepEqual(
    [1.125, 1.375, 12.25, 12_250].map(number => significant(number)),
    ["1.12", "1.38", "12.2", "12,200"],
  )
})

test("exact and general numbers are those of Python", () => {
  assert.deepEqual(
    [0.05, 1.25, 20_000, 5e-5, 1234].map(number => exact(number)),
    ["0.05", "1.25", "20,000", "5 × 10⁻⁵", "1234"],
  )
  const texts = [0, 0.00012345, 0.000012345, 1234.5, 12345].map(number => general(number, 4))
  assert.deepEqual(texts, ["0", "0.0001234", "1.234e-05", "1234", "1.234e+04"])
})

test("ticks are round numbers, and factors where numbers are logarithms", () => {
  const texts = (low, high, isLog2) => ticks(low, high, isLog2).map(tick => tickText(tick, isLog2))
  assert.deepEqual(texts(-1.2, 0.9), ["−1", "−0.5", "0", "0.5"])
  assert.deepEqual(texts(-2.1, 2.1, true), ["1/4", "1/2", "1", "2", "4"])
})

test("an axis has room for all finite numbers, and places infinite ones at its ends", () => {
  const {low, high, x} = axisOf([0, 100, Number.NaN, Number.POSITIVE_INFINITY], 10, 122)
  assert.deepEqual([low, high], [-6, 106])
  assert.deepEqual([Number.NEGATIVE_INFINITY, 0, 100, Number.POSITIVE_INFINITY].map(x), [10, 16, 116, 122])
})
