// The seeds that a reader writes in "Try this claim again".
import assert from "node:assert/strict"
import {readFileSync} from "node:fs"
import {test} from "node:test"
import {runInThisContext} from "node:vm"

globalThis.document = {querySelector: () => null}
const script = new URL("../../docs/theme/overrides/assets/trial.js", import.meta.url)
runInThisContext(readFileSync(script, "utf8"))
const {parseSeeds, seedsText} = globalThis.trialSeeds

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
