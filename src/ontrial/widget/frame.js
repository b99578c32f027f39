// A tool alone in the frame of a widget. The notebook sends it the colour scheme, and receives its height and what has been
// trained.
;(() => {
  const {name, data, words, choice} = JSON.parse(document.getElementById("tool").textContent, (_, value) =>
    ["Infinity", "-Infinity"].includes(value) ? Number(value) : value,
  )
  const host = document.querySelector("main > div")
  const main = document.querySelector("main")
  const post = message => parent.postMessage(message, "*") // a frame in a sandbox does not know where it is
  let told = "[]"

  /** Tell the notebook which networks of the playground have been trained, if they are new. */
  function tell(networks) {
    const text = JSON.stringify(networks)
    if (text !== told) post({type: "ontrial trained", networks})
    told = text
  }

  class FrameTrainer extends globalThis.Trainer {
    async load() {} // the frame has the engine and the data
  }

  /** Return a network of the playground: its settings by their names in the study, its records, and its layers in the end. */
  function described({cell, records}, settings) {
    const {learning_rate, seed, epochs} = settings
    const {parameters} = records.findLast(({diverged}) => !diverged)
    return {
      settings: {
        ...globalThis.playgroundSettings.studySettings(cell, settings, data),
        epochs: Number(epochs),
        learning_rate: Number(learning_rate),
        seed: Number(seed),
      },
      records: records.map(({parameters, ...measures}) => measures),
      layers: globalThis.playgroundCode.plainLayers(cell, parameters),
    }
  }

  const TOOLS = {
    /** Show the playground, and return the function that draws it again in other colours. */
    playground() {
      const {readChoice, settingsOf} = globalThis.playgroundSettings
      const open = () => playground.open(readChoice(choice, data).choice)
      const playground = globalThis.playgroundTool.createPlayground(host, data, words, {
        trainer: files => new FrameTrainer("", files),
        reset: open,
        told({choice, networks, isRunning}) {
          if (isRunning) return
          const isTrained = networks.every(({records}) => records.length)
          tell(isTrained ? networks.map((network, i) => described(network, settingsOf(choice, i))) : [])
        },
      })
      open()
      return playground.redraw
    },

    /** Show the trial, whose colours are those of its style sheet. */
    trial() {
      globalThis.trialTool.createTrial(host, data, words, new FrameTrainer("", data.data))
      return () => {}
    },
  }

  let redraw = null
  addEventListener("message", ({source, data: message}) => {
    if (source !== parent || message?.type !== "ontrial scheme") return
    document.body.dataset.mdColorScheme = message.scheme
    redraw ??= TOOLS[name]()
    redraw()
  })
  new ResizeObserver(() =>
    post({type: "ontrial height", height: Math.ceil(main.getBoundingClientRect().bottom)}),
  ).observe(main)
})()
