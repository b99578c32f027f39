// The trial on the page of a claim. The address holds the context, the number of seeds and
// the first: `#try&context=0&n=6&first=1001`.
;(() => {
  const {element} = globalThis.elements
  const host = document.querySelector(".trial")
  const trial = JSON.parse(host.dataset.trial, (_, value) =>
    ["Infinity", "-Infinity"].includes(value) ? Number(value) : value,
  )
  const words = JSON.parse(host.dataset.words)
  const link = element("a", {href: "#try", class: "state-link"}, words.link)
  const {open} = globalThis.trialTool.createTrial(host, trial, words, new Trainer(host.dataset.root, trial.data), {
    link,
    told({index, n, first}) {
      link.href = `#try&context=${index}&n=${n}&first=${first}`
    },
  })

  /** Show the context and seeds that the address names, if it names any. */
  function readAddress() {
    const values = new URLSearchParams(location.hash.slice(1))
    const asked = name => (/^\d+$/.test(values.get(name) ?? "") ? Number(values.get(name)) : undefined)
    open({index: trial.contexts[asked("context")] && asked("context"), n: asked("n"), first: asked("first")})
    if (!values.has("try")) return
    host.closest("details").open = true
    host.scrollIntoView()
  }

  addEventListener("hashchange", readAddress)
  readAddress()
})()
