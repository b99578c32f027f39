// A tool of the site in a frame. Python writes the page of the frame, which needs nothing else.
const MOST = 10_000 // pixels, largest height of a frame

/** Return whether an element has light text, as on a dark background. */
function isDark(element) {
  const pixel = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d")
  pixel.fillStyle = getComputedStyle(element).color // in any notation of colours
  pixel.fillRect(0, 0, 1, 1)
  const [red, green, blue] = pixel.getImageData(0, 0, 1, 1).data
  return (red + green + blue) / 3 > 127
}

function render({model, el}) {
  const frame = document.createElement("iframe")
  const attributes = {sandbox: "allow-scripts allow-forms allow-downloads", title: "Theory on Trial", width: "100%"}
  for (const [name, value] of Object.entries(attributes)) frame.setAttribute(name, value)
  frame.style.border = "0"
  frame.srcdoc = model.get("page")
  const tellScheme = () => {
    const scheme = isDark(el) ? "slate" : "default"
    frame.contentWindow?.postMessage({type: "ontrial scheme", scheme}, "*") // a frame in a sandbox has no origin
  }

  function hear({source, data}) {
    if (source === null || source !== frame.contentWindow) return
    if (data?.type === "ontrial height" && Number.isInteger(data.height) && data.height <= MOST)
      frame.height = data.height
    if (data?.type === "ontrial trained") {
      model.set("networks", data.networks)
      model.save_changes()
    }
  }

  frame.addEventListener("load", tellScheme)
  addEventListener("message", hear)
  const observer = new MutationObserver(tellScheme) // notebooks mark their theme there
  for (const node of [document.documentElement, document.body]) observer.observe(node, {attributes: true})
  el.append(frame)
  return () => {
    removeEventListener("message", hear)
    observer.disconnect()
  }
}

export default {render}
