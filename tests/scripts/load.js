// Run scripts of the site in Node, where there is no page.
import {readFileSync} from "node:fs"
import {runInThisContext} from "node:vm"

const assets = new URL("../../docs/theme/overrides/assets/", import.meta.url)

/** Run scripts one after the other, as a page does. names: paths without .js. */
export function load(...names) {
  for (const name of names) runInThisContext(readFileSync(new URL(`${name}.js`, assets), "utf8"), {filename: name})
}
