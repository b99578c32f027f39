// The trial on the page of a claim. The address holds the context and the seeds: `#try&context=0&seeds=1001-1006`.
;(() => {
  const {element} = globalThis.elements
  const {parseSeeds, seedsText} = globalThis.trialSeeds
  const host = document.querySelector(".trial")
  const trial = JSON.parse(host.dataset.trial, (_, value) =>
    ["Infinity", "-Infinity"].includes(value) ? Number(value) : value,
  )
  const words = JSON.parse(host.dataset.words)
  const link = element("a", {href: "#try", class: "state-link"}, words.link)
  const {open} = globalThis.trialTool.createTrial(host, trial, words, new Trainer(host.dataset.root, trial.data), {
    link,
    told({index, seeds}) {
      link.href = `#try&context=${index}&seeds=${seedsText(seeds).replace(/, /g, ",")}`
    },
  })

  /** Show the context and seeds that the address names, if it names any. */
  function readAddress() {
    const values = new URLSearchParams(location.hash.slice(1))
    const asked = values.get("context")
    const seeds = parseSeeds(values.get("seeds") ?? "")
    open({
      index: /^\d+$/.test(asked ?? "") && trial.contexts[asked] ? Number(asked) : undefined,
      seeds: seeds ? seedsText(seeds) : undefined,
    })
    if (values.has("try")) host.scrollIntoView()
  }

  addEventListener("hashchange", readAddress)
  readAddress()
})()
