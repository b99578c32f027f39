// The search runs in a worker, which browsers do not start on file://. There, a hidden frame takes its place.
if (location.protocol === "file:") {
  window.IFrameWorker = window.Worker = class Worker extends EventTarget {
    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      frame.title = "search"
      this.ready = new Promise(resolve => (frame.onload = resolve))
      document.addEventListener("DOMContentLoaded", () => this.start(frame, url))
      if (document.readyState !== "loading") this.start(frame, url)
    }

    start(frame, url) {
      if (frame.isConnected) return
      document.body.append(frame)
      this.scope = frame.contentWindow
      const page = this.scope.document
      page.open()
      page.write("<!doctype html><title>search</title>")
      this.scope.postMessage = data => this.dispatchEvent(new MessageEvent("message", {data}))
      this.scope.importScripts = (...urls) =>
        urls.reduce((previous, next) => previous.then(() => load(page, next)), Promise.resolve())
      page.write(`<script src="${url}"></script>`)
      page.close()
    }

    postMessage(data) {
      this.ready.then(() => this.scope.dispatchEvent(new MessageEvent("message", {data})))
    }

    terminate() {}
  }

  const load = (page, url) =>
    new Promise((resolve, reject) => {
      const script = page.createElement("script")
      Object.assign(script, {src: url, onload: resolve, onerror: reject})
      page.head.append(script)
    })
}
