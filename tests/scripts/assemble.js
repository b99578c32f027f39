// Write the bytes of the engine's WebAssembly into the script that starts it. `assembled` returns what the script should be.
import {readFileSync, writeFileSync} from "node:fs"
import {pathToFileURL} from "node:url"
import wabt from "wabt"

const engine = new URL("../../docs/theme/overrides/assets/engine/", import.meta.url)
const script = new URL("products.js", engine)

/** Return the script with the bytes of products.wat. */
export async function assembled() {
  const source = readFileSync(new URL("products.wat", engine), "utf8")
  const module = (await wabt()).parseWat("products.wat", source, {simd: true})
  const bytes = Buffer.from(module.toBinary({}).buffer).toString("base64")
  return readFileSync(script, "utf8").replace(/(?<=const BYTES =\s+")[^"]*/, bytes)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(script, await assembled())
