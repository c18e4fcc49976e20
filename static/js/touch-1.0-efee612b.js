// Fetches htmx when somebody first points at the page, touches it or moves in it by keys: who only reads and follows links spares its bytes.
// A choice made before htmx was there is told to it again; a form sent before then goes as whole pages go.
const { nonce, dataset } = document.currentScript
const touches = ["pointerover", "pointerdown", "focusin", "change"]
const policy = window.trustedTypes?.createPolicy("touch", { createScriptURL: () => dataset.htmx })
let chosen

function remember(event) {
  chosen = event.target
}

function fetchHtmx() {
  for (const touch of touches) removeEventListener(touch, fetchHtmx)
  const script = document.createElement("script")
  script.nonce = nonce
  script.src = policy?.createScriptURL("") ?? dataset.htmx
  // htmx sets itself up in a timer of its own, which is before this one in the queue.
  script.onload = () => setTimeout(() => {
    removeEventListener("change", remember)
    chosen?.dispatchEvent(new Event("change", { bubbles: true }))
  })
  document.head.append(script)
}

addEventListener("change", remember)
for (const touch of touches) addEventListener(touch, fetchHtmx, { passive: true })
