// Judge tables as the page does: JSON cases on standard input, JSON answers on standard output.
import {readFileSync} from "node:fs"
import {judgeCase} from "./judge.js"

const {rules, cases} = JSON.parse(readFileSync(0, "utf8"))
process.stdout.write(JSON.stringify(cases.map(each => judgeCase(each, rules))))
