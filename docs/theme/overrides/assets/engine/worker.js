// Train networks in the background: a run in, its first record out; then the next record whenever the page asks for it, and
// null after the last. The page names the data files in the address.
importScripts("ziggurat.js", "random.js", "formulas.js", "network.js", "products.js", "data.js", "training.js")
for (const file of new URLSearchParams(location.search).getAll("data")) importScripts(`../../../data/${file}.js`)

let training

async function answer(message) {
  if (message !== "next") training = await engine.start(message)
  for (;;) {
    const {done, value} = training.next()
    if (done || value) return postMessage(value ?? null)
  }
}

// A rejected promise would stay in the worker, and the page would wait for ever, since its `onerror` only hears of errors.
addEventListener("message", ({data}) => answer(data).catch(reportError))
