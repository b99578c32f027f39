// Train networks in the background: a run in, its records out. The page that starts it names the data files in its address.
importScripts("ziggurat.js", "random.js", "formulas.js", "network.js", "data.js", "training.js")
for (const file of new URLSearchParams(location.search).getAll("data")) importScripts(`../../../data/${file}.js`)

addEventListener("message", async ({data: run}) => {
  const training = await engine.start(run)
  for (;;) {
    const {done, value} = training.next()
    if (done) return postMessage(value)
  }
})
