// Asks the browser for a passkey and sends its answer with the form around the button.
// Where a browser knows no passkeys, or runs no scripts, the button stays hidden and the code of the app does the same.
const toBytes = text => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), sign => sign.charCodeAt(0))
const toText = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
const described = list => (list ?? []).map(one => ({ ...one, id: toBytes(one.id) }))

function opened(asked) {
  const options = JSON.parse(asked)
  options.challenge = toBytes(options.challenge)
  if (options.user) options.user.id = toBytes(options.user.id)
  options.excludeCredentials = described(options.excludeCredentials)
  options.allowCredentials = described(options.allowCredentials)
  return { publicKey: options }
}

function closed({ id, rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature"].filter(name => response[name])
  const texts = Object.fromEntries(parts.map(name => [name, toText(response[name])]))
  return JSON.stringify({ id, rawId: toText(rawId), type, response: texts, clientExtensionResults: {} })
}

async function ask(box, form) {
  const failed = box.querySelector("[role=alert]")
  failed.hidden = true
  try {
    form.elements.passkey.value = closed(await navigator.credentials[box.dataset.passkey](opened(box.dataset.asked)))
    form.submit()
  } catch {
    failed.hidden = false
  }
}

for (const box of window.PublicKeyCredential ? document.querySelectorAll("[data-passkey]") : []) {
  box.hidden = false
  box.querySelector("button").addEventListener("click", event => {
    event.preventDefault()
    ask(box, event.currentTarget.form)
  })
}
