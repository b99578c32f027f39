// Faster matrix products for workers, in WebAssembly, with the same bits as those of network.js. Pages load no WebAssembly:
// their Content-Security-Policy would have to allow it. `npm run assemble` in tests/scripts writes BYTES from products.wat.
globalThis.engine ??= {}
;(engine => {
  const BYTES =
    "AGFzbQEAAAABDQFgCX9/f39/f39/fwACEgEGZW5naW5lBm1lbW9yeQIAAQMCAQAHDAEIbXVsdGlwbHkAAAq8AwG5AwINfwV7IAhBAnQhCQNAQQAhCwNAIAMgC0ECdGohDSAFIAtBAnRqIAogCWxqIRIgACAKIAFsaiEOIApBAWogBkkhDCAOIAwgAWxqIQ8gEiAMIAlsaiETIApBAmogBkkhDCAPIAwgAWxqIRAgEyAMIAlsaiEUIApBA2ogBkkhDCAQIAwgAWxqIREgFCAMIAlsaiEV/QwAAAAAAAAAAAAAAAAAAAAAIRb9DAAAAAAAAAAAAAAAAAAAAAAhF/0MAAAAAAAAAAAAAAAAAAAAACEY/QwAAAAAAAAAAAAAAAAAAAAAIRkgByEMA0AgDf0ABAAhGiAWIA79CQIAIBr95gH95AEhFiAXIA/9CQIAIBr95gH95AEhFyAYIBD9CQIAIBr95gH95AEhGCAZIBH9CQIAIBr95gH95AEhGSAOIAJqIQ4gDyACaiEPIBAgAmohECARIAJqIREgDSAEaiENIAxBAWsiDA0ACyASIBb9CwQAIBMgF/0LBAAgFCAY/QsEACAVIBn9CwQAIAtBBGohCyALIAhIBEAgCyAIQQRrSgRAIAhBBGshCwsMAQsLIApBBGohCiAKIAZIDQALCw=="
  const NUMBER = 4 // bytes of a float32
  const LANES = 4 // numbers of a vector
  const PAGE = 65_536 // bytes, the unit of the size of a memory

  const {multiply} = engine
  const module = compiled()
  if (module) Object.assign(engine, {memory})

  /** Return the module; null in a browser without it or its vectors, and where a policy forbids it. */
  function compiled() {
    try {
      return new WebAssembly.Module(Uint8Array.from(atob(BYTES), letter => letter.charCodeAt(0)))
    } catch {
      return null
    }
  }

  const spaceOf = length => NUMBER * LANES * Math.ceil(length / LANES) // aligned to vectors

  /** As in network.js. */
  function memory(lengths) {
    const bytes = lengths.reduce((sum, length) => sum + spaceOf(length), 0)
    const memory = new WebAssembly.Memory({initial: Math.ceil(bytes / PAGE)})
    const {exports} = new WebAssembly.Instance(module, {engine: {memory}})
    let end = 0
    return {
      array(length) {
        const start = end
        end += spaceOf(length)
        return new Float32Array(memory.buffer, start, length)
      },
      multiply(A, aRow, aInner, B, bInner, C, rows, inner, columns) {
        if (columns < LANES) return multiply(A, aRow, aInner, B, bInner, C, rows, inner, columns)
        const [a, b, c] = [A.byteOffset, B.byteOffset, C.byteOffset]
        exports.multiply(a, NUMBER * aRow, NUMBER * aInner, b, NUMBER * bInner, c, rows, inner, columns)
      },
    }
  }
})(globalThis.engine)
