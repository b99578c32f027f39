// What the search looks for when people type other words than the pages have.
import assert from "node:assert/strict"
import {test} from "node:test"
import {load} from "./load.js"

const {Worker} = globalThis
globalThis.Worker = undefined
load("search-words")
globalThis.Worker = Worker
const {translate, attempts} = globalThis.searchWords

test("synonyms and other spellings become the words of the pages", () => {
  const pairs = {
    "Xavier initialization": "glorot initialisation",
    kaiming: "he initialisation",
    "why is a smaller batch more accurate": "small batch more accurate",
    "how many seeds": "anecdote",
    "accuracy stays at 10%": "accuracy find learning rate breaks guessing",
    "정확도가 10%에서 안 올라요": "*학습률* *찾는* *찍는*",
    "배치 크기 1": "*배치* *크기* 1이면",
    "배치 크기 16": "*배치* *크기* 16",
    닐슨: "Nielsen",
    "은닉층 몇 개": "*은닉층*",
    crossentropy: "cross-entropy",
    오버피팅: "*과적합* *처음* *보는*",
    "drop out": "dropout",
    "what is overfitting": "overfitting never seen",
    "reduce overfitting": "reduce overfitting",
    "드롭 아웃": "*드롭아웃*",
    활성함수: "*활성화* *함수*",
    경사하강법: "*경사* *하강법*",
    러닝레이트: "*학습률*",
    "러닝 레이트 어떻게 정해요": "*학습률* *정해요*",
    "배치 사이즈": "*배치* *크기*",
    "배치 사이즈 크면 정확도 떨어지나요": "*작은* *배치* *정확할까*",
    "작은 배치 정확도": "*작은* *배치* *정확할까*",
    "뭐가 더 빠름": "*빠름*",
    어떻게: "",
  }
  for (const [typed, said] of Object.entries(pairs)) assert.equal(translate(typed), said)
})

test("a query without results is tried with one mistake, with two, and then leads to the glossary", () => {
  assert.deepEqual(attempts("vanising gradiant", "en"), ["vanising~1 gradiant~1", "vanising~2 gradiant~2", "glossary"])
  assert.deepEqual(attempts("*소실율* he", "ko"), ["소실율~1 he", "소실율 he", "용어"])
  assert.deepEqual(attempts("?!", "en"), [])
})
